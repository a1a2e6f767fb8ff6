//! The folder that a Functions host is pointed at: put together as a deployment does it.

use std::{
    fs,
    io::{self, Cursor, Read},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use serde_json::{Value, json};
use switchboard::package::{Sources, lay_out, zipped};
use tempfile::TempDir;
use zip::ZipArchive;

/// A script root, until dropped: `host.json`, a folder for each function beside it, the handler.
pub(crate) struct ScriptRoot(TempDir);

impl ScriptRoot {
    /// The project's own, with the handler of this build, or the one that `SWITCHBOARD_TEST_HANDLER` names.
    ///
    /// # Errors
    /// The system's, where a file cannot be put there.
    pub(crate) fn of_the_project() -> io::Result<Self> {
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = Self(tempfile::tempdir()?);
        fs::copy(project.join("host.json"), root.path().join("host.json"))?;
        for function in fs::read_dir(project.join("functions"))? {
            let function = function?;
            let folder = root.path().join(function.file_name());
            fs::create_dir(&folder)?;
            fs::copy(function.path().join("function.json"), folder.join("function.json"))?;
        }
        let handler = std::env::var_os("SWITCHBOARD_TEST_HANDLER").unwrap_or_else(|| env!("CARGO_BIN_EXE_handler").into());
        std::os::unix::fs::symlink(handler, root.path().join("handler"))?;
        Ok(root)
    }

    /// What the platform makes of the project's package with these flows: unpacked from the archive that `func` uploads, to be read
    /// and not to be written. `PACKAGED_HANDLER` names another handler than this build's, such as one that was built for Azure.
    ///
    /// # Errors
    /// The system's, where a file cannot be put there.
    pub(crate) fn published(flows: &Path) -> io::Result<Self> {
        let (root, dist) = (Self(tempfile::tempdir()?), tempfile::tempdir()?);
        let handler = std::env::var_os("PACKAGED_HANDLER").unwrap_or_else(|| env!("CARGO_BIN_EXE_handler").into());
        let (project, handler) = (Path::new(env!("CARGO_MANIFEST_DIR")), Path::new(&handler));
        lay_out(&Sources { project, flows, handler }, dist.path()).map_err(io::Error::other)?;
        let mut archive = ZipArchive::new(Cursor::new(zipped(dist.path()).map_err(io::Error::other)?))?;
        for at in 0..archive.len() {
            let mut entry = archive.by_index(at)?;
            let path = root.path().join(&*entry.name()?);
            fs::create_dir_all(path.parent().unwrap_or(root.path()))?;
            let mut content = Vec::new();
            entry.read_to_end(&mut content)?;
            fs::write(&path, content)?;
            // The package is mounted read-only: of the modes in it, the right to write is gone.
            fs::set_permissions(&path, fs::Permissions::from_mode(entry.unix_mode().unwrap_or_default() & 0o555))?;
        }
        Ok(root)
    }

    /// One of these files alone: paths and what is in them.
    ///
    /// # Errors
    /// The system's, where a file cannot be put there.
    pub(crate) fn of(files: &[(&str, &Value)]) -> io::Result<Self> {
        let root = Self(tempfile::tempdir()?);
        for (file, content) in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap_or(root.path()))?;
            fs::write(path, content.to_string())?;
        }
        Ok(root)
    }

    /// The same with another schedule for its timer, since a test has no minute to wait.
    ///
    /// # Errors
    /// The system's, where the file cannot be changed.
    pub(crate) fn with_schedule(self, function: &str, schedule: &str) -> io::Result<Self> {
        let file = self.path().join(function).join("function.json");
        let mut declaration: Value = serde_json::from_slice(&fs::read(&file)?)?;
        declaration["bindings"][0]["schedule"] = json!(schedule);
        fs::write(file, declaration.to_string())?;
        Ok(self)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}
