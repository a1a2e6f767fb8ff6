//! The Rust sources, as the rules read them.

use std::path::{Path, PathBuf};

use super::{entries, name, read, root};

/// One file of `src`.
pub(super) struct Source {
    /// Its path in `src`, with `/`.
    pub(super) path: String,
    /// Its text.
    pub(super) text: String,
}

impl Source {
    /// The module of the crate's root that it belongs to: `call` for `call/event.rs`, `turn` for `turn.rs`.
    pub(super) fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.trim_end_matches(".rs")
    }

    /// How many modules deep it is: 1 for `turn.rs` and `call/mod.rs`, 2 for `call/event.rs`.
    pub(super) fn depth(&self) -> usize {
        self.path.trim_end_matches("/mod.rs").split('/').count()
    }

    /// Its text without comments and without its `#[cfg(test)]` modules.
    pub(super) fn code(&self) -> String {
        let mut code = String::new();
        let mut lines = self.text.lines();
        while let Some(line) = lines.next() {
            if line != "#[cfg(test)]" {
                code.push_str(without_comment(line));
                code.push('\n');
            } else if lines.next().is_some_and(|module| module.ends_with('{')) {
                lines.by_ref().find(|line| *line == "}");
            }
        }
        code
    }

    /// The files that it declares for tests alone: `#[cfg(test)] mod tests;`, as paths in `src` without `.rs`.
    fn test_files(&self) -> impl Iterator<Item = String> {
        let folder =
            self.path.trim_end_matches("mod.rs").trim_end_matches("lib.rs").trim_end_matches(".rs").trim_end_matches('/');
        let after = self.text.split("#[cfg(test)]\n").skip(1);
        let declared = after.filter_map(|text| text.lines().next()?.strip_suffix(';')?.rsplit_once("mod "));
        declared.map(move |(_, module)| format!("{folder}/{module}").trim_start_matches('/').to_owned())
    }
}

/// A comment begins its line or follows a blank: what follows a colon is an address.
fn without_comment(line: &str) -> &str {
    match line.trim_start().starts_with("//") {
        true => "",
        false => line.split(" //").next().unwrap_or_default(),
    }
}

/// Every Rust file of the package, tests too.
pub(super) fn all() -> Vec<Source> {
    let mut sources = Vec::new();
    collect("src".into(), &mut sources);
    sources
}

/// The library's files that are not for tests alone.
pub(super) fn library() -> Vec<Source> {
    let mut sources = all();
    let is_program = |source: &Source| matches!(source.room(), "main" | "lib" | "bin" | "tests");
    let tests: Vec<_> =
        sources.iter().filter(|source| !is_program(source) || source.room() == "lib").flat_map(Source::test_files).collect();
    let is_test = |path: &str| tests.iter().any(|test| path == format!("{test}.rs") || path.starts_with(&format!("{test}/")));
    sources.retain(|source| !is_program(source) && !is_test(&source.path));
    sources
}

fn collect(folder: PathBuf, sources: &mut Vec<Source>) {
    for path in entries(folder) {
        match path.extension() {
            _ if path.is_dir() => collect(path, sources),
            Some(extension) if extension == "rs" => sources.push(Source { path: in_src(&path), text: read(&path) }),
            _ => {}
        }
    }
}

fn in_src(path: &Path) -> String {
    let inside = path.strip_prefix(root().join("src")).expect("it was found there");
    inside.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[test]
fn tests_are_told_from_code() {
    let text =
        "use a; // crate::b\n#[cfg(test)]\nmod sample;\nfn f() {}\n#[cfg(test)]\nmod tests {\n    use crate::c;\n}\nfn g() {}\n";
    let source = Source { path: "graph/mod.rs".to_owned(), text: text.to_owned() };
    assert_eq!(source.code().trim_start(), "use a;\nfn f() {}\nfn g() {}\n");
    assert_eq!(source.test_files().collect::<Vec<_>>(), ["graph/sample"]);
    assert_eq!((source.room(), source.depth()), ("graph", 1));
    assert_eq!(name(Path::new("src/call/event.rs")), "event");
}
