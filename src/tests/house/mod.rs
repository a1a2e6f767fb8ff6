//! House rules: what keeps the code base as its design says. Each test says in its failure what is wrong and where.

mod bicep;
mod dependencies;
mod host;
mod imports;
mod infra;
mod logs;
mod names;
mod settings;
mod shape;
mod source;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// The folder of `Cargo.toml`.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file's text.
pub(crate) fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A file's JSON.
fn read_json(path: impl AsRef<Path>) -> Value {
    let path = path.as_ref();
    serde_json::from_str(&read(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What is in a folder, in order; nothing where there is none.
fn entries(folder: impl AsRef<Path>) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).into_iter().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a folder can be read to its end").path()).collect();
    paths.sort();
    paths
}

/// The names of the folders in a folder.
fn folders(folder: impl AsRef<Path>) -> BTreeSet<String> {
    entries(folder).iter().filter(|path| path.is_dir()).map(|path| name(path)).collect()
}

/// The last part of a path, without what follows its dot.
fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The functions that take events from a queue: one of each type.
fn queue_functions() -> BTreeSet<String> {
    let is_queue = |name: &String| host::bindings(name).iter().any(|binding| binding["type"] == "queueTrigger");
    folders("functions").into_iter().filter(is_queue).collect()
}
