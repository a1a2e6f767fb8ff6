//! Every dependency says why it is here.

use std::collections::BTreeSet;

use super::read;

#[test]
fn every_dependency_says_why_it_is_here() {
    let manifest: toml::Table = read("Cargo.toml").parse().expect("Cargo.toml is TOML");
    let declared: BTreeSet<_> = ["dependencies", "dev-dependencies", "build-dependencies"]
        .into_iter()
        .filter_map(|section| manifest.get(section)?.as_table())
        .flat_map(|section| section.keys().cloned())
        .collect();
    let text = read("docs/dependencies.md");
    let explained: BTreeSet<_> =
        text.lines().filter_map(|line| line.strip_prefix("- `")?.split_once("`: ")).map(|(name, _)| name.to_owned()).collect();
    assert_eq!(declared, explained, "Cargo.toml and docs/dependencies.md");
}
