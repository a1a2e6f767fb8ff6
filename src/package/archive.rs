//! The archive of a package.

use std::{
    fs,
    io::{Cursor, Write},
    path::Path,
};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{
    fault::PackageError,
    layout::{HANDLER, names},
};

/// What `func` writes for every file.
const ANY: u32 = 0o666;

/// What it writes for the one that host.json names.
const EXECUTABLE: u32 = 0o777;

/// The archive that `func azure functionapp publish` makes of a package: whatever the files' own modes are, one alone can be
/// executed. The same package gives the same bytes.
///
/// # Errors
/// [`PackageError`] where a file cannot be read.
pub fn zipped(package: &Path) -> Result<Vec<u8>, PackageError> {
    let mut files = Vec::new();
    collect(package, "", &mut files)?;
    let entries = files.iter().filter(|file| *file != ".funcignore");
    let mut archive = Archive::new();
    for file in entries {
        let path = package.join(file);
        let content = fs::read(&path).map_err(|error| PackageError::Io(path, error))?;
        archive.add(file, &content, if file == HANDLER { EXECUTABLE } else { ANY })?;
    }
    archive.finish()
}

/// An archive in the making. Its files are of no particular day, so that the same files make the same bytes.
pub(super) struct Archive(ZipWriter<Cursor<Vec<u8>>>);

impl Archive {
    pub(super) fn new() -> Self {
        Self(ZipWriter::new(Cursor::default()))
    }

    pub(super) fn add(&mut self, name: &str, content: &[u8], mode: u32) -> Result<(), PackageError> {
        let options = SimpleFileOptions::DEFAULT.compression_method(CompressionMethod::Deflated).unix_permissions(mode);
        self.0.start_file(name, options)?;
        self.0.write_all(content).map_err(|error| PackageError::Archive(error.into()))
    }

    pub(super) fn finish(self) -> Result<Vec<u8>, PackageError> {
        Ok(self.0.finish()?.into_inner())
    }
}

/// The paths of all files within, with `/`, in order.
pub(super) fn collect(folder: &Path, within: &str, files: &mut Vec<String>) -> Result<(), PackageError> {
    for name in names(folder)? {
        let path = folder.join(&name);
        match path.is_dir() {
            true => collect(&path, &format!("{within}{name}/"), files)?,
            false => files.push(format!("{within}{name}")),
        }
    }
    Ok(())
}
