//! The folder that is published.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::fault::PackageError;

/// What the handler is called in a package. host.json names it so, letter by letter: `func` makes that one file executable.
pub const HANDLER: &str = "handler";

/// How deep a flow's folder of prompts may be.
const MAX_DEPTH: usize = 4;

/// What a package is made of.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// The folder with `host.json` and `functions/`.
    pub project: &'a Path,
    /// The folder of flows.
    pub flows: &'a Path,
    /// The handler, built for Azure.
    pub handler: &'a Path,
}

/// Puts a package together in `folder`, in place of one that is there.
///
/// A Functions host looks for functions in the folders directly beside `host.json`, so they move up. Of flows goes what the handler
/// reads. `.funcignore` names what is published, so that whatever else comes to lie there, such as `local.settings.json`, is not.
///
/// # Errors
/// [`PackageError`]: where the folder holds something else, nothing of it is touched.
pub fn lay_out(sources: &Sources, folder: &Path) -> Result<(), PackageError> {
    clear(folder)?;
    copy(&sources.project.join("host.json"), &folder.join("host.json"))?;
    let functions = names(&sources.project.join("functions"))?;
    for function in &functions {
        let declaration = Path::new(function).join("function.json");
        copy(&sources.project.join("functions").join(&declaration), &folder.join(&declaration))?;
    }
    copy(sources.handler, &folder.join(HANDLER))?;
    set_mode(&folder.join(HANDLER), 0o755)?;
    for flow in names(sources.flows)? {
        copy_flow(&sources.flows.join(&flow), &folder.join("flows").join(&flow))?;
    }
    write(&folder.join(".funcignore"), funcignore(&functions))
}

/// Everything is ignored but what is named. Its patterns are no globs: a name stands for all paths that begin with it.
fn funcignore(functions: &[String]) -> String {
    let kept = ["host.json", HANDLER, "flows"].into_iter().chain(functions.iter().map(String::as_str));
    kept.fold("*\n".to_owned(), |text, name| text + "!" + name + "\n")
}

/// Empties the folder if it holds a package, and makes it where there is none.
fn clear(folder: &Path) -> Result<(), PackageError> {
    let failed = |error| PackageError::Io(folder.to_owned(), error);
    let is_package = folder.join("host.json").is_file() && folder.join(".funcignore").is_file();
    match fs::read_dir(folder).map(Iterator::count) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
        Ok(_) if is_package => fs::remove_dir_all(folder).map_err(failed)?,
        Ok(0) => {}
        Ok(_) => return Err(PackageError::NotOurs(folder.to_owned())),
    }
    fs::create_dir_all(folder).map_err(failed)
}

/// The flow's file and its prompts; its tests and notes stay at home. What is no flow is passed over.
fn copy_flow(from: &Path, to: &Path) -> Result<(), PackageError> {
    if !from.join("flow.toml").is_file() {
        return Ok(());
    }
    copy(&from.join("flow.toml"), &to.join("flow.toml"))?;
    match from.join("prompts").is_dir() {
        true => copy_prompts(&from.join("prompts"), &to.join("prompts"), MAX_DEPTH),
        false => Ok(()),
    }
}

fn copy_prompts(from: &Path, to: &Path, depth: usize) -> Result<(), PackageError> {
    for name in names(from)? {
        let (from, to) = (from.join(&name), to.join(&name));
        if from.is_dir() && depth > 1 {
            copy_prompts(&from, &to, depth - 1)?;
        } else if name.ends_with(".wav") || name == "rendered.toml" {
            copy(&from, &to)?;
        }
    }
    Ok(())
}

/// What is in a folder, in order.
pub(super) fn names(folder: &Path) -> Result<Vec<String>, PackageError> {
    let failed = |error| PackageError::Io(folder.to_owned(), error);
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(failed)?;
    let mut names: Vec<_> = entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    Ok(names)
}

/// Copies what is in a file, and not its mode: packages made on different machines are alike.
fn copy(from: &Path, to: &Path) -> Result<(), PackageError> {
    let content = fs::read(from).map_err(|error| PackageError::Io(from.to_owned(), error))?;
    write(to, &content)
}

fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<(), PackageError> {
    let failed = |error| PackageError::Io(path.to_owned(), error);
    fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).map_err(failed)?;
    fs::write(path, content).map_err(failed)?;
    set_mode(path, 0o644)
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> Result<(), PackageError> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(|error| PackageError::Io(PathBuf::from(path), error))
}

/// There is no such thing; `func` looks at no file's mode.
#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) -> Result<(), PackageError> {
    Ok(())
}
