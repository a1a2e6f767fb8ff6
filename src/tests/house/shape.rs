//! Files are short, and `lib.rs` is a table of contents.

use std::collections::BTreeSet;

use super::{read, source};

/// The most lines that a file may have. Half as many are the habit.
const LONGEST: usize = 400;

#[test]
fn no_file_is_too_long_to_be_read() {
    let long =
        source::all().into_iter().map(|source| (source.text.lines().count(), source.path)).filter(|(lines, _)| *lines > LONGEST);
    assert_eq!(long.collect::<Vec<_>>(), [], "longer than {LONGEST} lines");
}

#[test]
fn the_table_of_contents_is_whole() {
    let text = read("src/lib.rs");
    let modules: BTreeSet<_> = text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let contents = text.lines().filter_map(|line| line.strip_prefix("//! - "));
    let described: BTreeSet<_> =
        contents.flat_map(|line| line.split("[`").skip(1)).filter_map(|rest| rest.split("`]").next()).collect();
    assert!(!modules.is_empty());
    assert_eq!(modules, described, "src/lib.rs");
}

#[test]
fn lib_rs_holds_contents_only() {
    let text = read("src/lib.rs");
    let stray =
        text.lines().find(|line| !(line.is_empty() || ["//", "pub mod ", "#!["].iter().any(|start| line.starts_with(start))));
    assert_eq!(stray, None, "src/lib.rs");
}
