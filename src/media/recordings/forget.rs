//! How recordings go.

use std::{
    fs::{self, DirEntry},
    io,
    path::Path,
    time::SystemTime,
};

use crate::call::CallKey;

/// How many files are removed at a time.
const AT_ONCE: usize = 500;

/// Removes files last written before an instant, and the folders that are empty then. Looks only at what is named as recordings
/// are; whatever else lies there is somebody else's.
pub(super) fn older_than(folder: &Path, instant: SystemTime) -> io::Result<usize> {
    let mut removed = 0;
    for call in entries(folder)? {
        let call = call?;
        if removed == AT_ONCE {
            break;
        }
        if is_of_a_call(&call) {
            removed += forget(&call, instant, AT_ONCE - removed)?;
        }
    }
    Ok(removed)
}

/// Removes recordings of one call. Its folder stays while somebody may be about to write there.
fn forget(call: &DirEntry, instant: SystemTime, at_most: usize) -> io::Result<usize> {
    let was_left_alone = is_older(call, instant)?;
    let mut removed = 0;
    for file in entries(&call.path())? {
        let file = file?;
        if removed < at_most && is_recording(&file) && is_older(&file, instant)? {
            fs::remove_file(file.path())?;
            removed += 1;
        }
    }
    if removed > 0 || was_left_alone {
        // Refused while anything is left in it.
        let _ = fs::remove_dir(call.path());
    }
    Ok(removed)
}

fn entries(folder: &Path) -> io::Result<impl Iterator<Item = io::Result<DirEntry>>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => Some(entries),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    Ok(entries.into_iter().flatten())
}

fn is_of_a_call(entry: &DirEntry) -> bool {
    let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
    is_folder && entry.file_name().to_str().is_some_and(|name| CallKey::parse(name).is_ok_and(|key| key.as_str() == name))
}

/// `{n}.wav`, or `{n}.{random}.part` that a crash has left.
fn is_recording(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    let parts = name.to_str().and_then(|name| name.split_once('.'));
    parts.is_some_and(|(n, rest)| n.parse::<u32>().is_ok() && (rest == "wav" || rest.ends_with(".part")))
}

fn is_older(entry: &DirEntry, instant: SystemTime) -> io::Result<bool> {
    Ok(entry.metadata()?.modified()? < instant)
}
