//! How one recording is made of several.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use super::{HEAD, KeepError, failed, fetch};
use crate::media::wav::{self, Samples};

/// Writes the samples of all `parts` that are there into one file, in order, and removes the parts. Done already, it only removes.
pub(super) fn join(parts: &[PathBuf], path: &Path) -> Result<(), KeepError> {
    if !path.try_exists().map_err(failed)? {
        let found = open_all(parts).map_err(failed)?;
        let whole = fetch::Part::of(path)?;
        write(found, whole.path())?;
        fs::rename(whole.path(), path).map_err(failed)?;
    }
    remove(parts).map_err(failed)
}

/// Removes files; those that are gone already too.
pub(super) fn remove(files: &[PathBuf]) -> io::Result<()> {
    files.iter().try_for_each(|file| match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    })
}

/// Those parts that are there. One that is missing, or no WAV file, costs the others nothing.
fn open_all(parts: &[PathBuf]) -> io::Result<Vec<(File, Samples)>> {
    let mut found = Vec::new();
    for part in parts {
        let mut file = match File::open(part) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            opened => opened?,
        };
        let mut head = Vec::new();
        (&mut file).take(HEAD).read_to_end(&mut head)?;
        let samples = wav::samples(&head, file.metadata()?.len());
        found.extend(samples.map(|samples| (file, samples)));
    }
    Ok(found)
}

fn write(parts: Vec<(File, Samples)>, path: &Path) -> Result<(), KeepError> {
    let refused = |why: &str| KeepError::Refused(why.to_owned());
    let (_, first) = parts.first().ok_or_else(|| refused("none of its parts is there"))?;
    if parts.iter().any(|(_, part)| part.format != first.format) {
        return Err(refused("its parts are of different kinds"));
    }
    let length = parts.iter().map(|(_, part)| part.range.end - part.range.start).sum();
    let header = wav::header(&first.format, length).ok_or_else(|| refused("it is longer than a WAV file can be"))?;
    copy(&header, parts, path).map_err(failed)
}

fn copy(header: &[u8], parts: Vec<(File, Samples)>, path: &Path) -> io::Result<()> {
    let mut whole = File::create_new(path)?;
    whole.write_all(header)?;
    for (mut file, part) in parts {
        file.seek(SeekFrom::Start(part.range.start))?;
        io::copy(&mut file.take(part.range.end - part.range.start), &mut whole)?;
    }
    whole.sync_all()
}
