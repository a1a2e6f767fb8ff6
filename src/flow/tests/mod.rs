//! The language from outside: good flows, broken flows, and its page.

mod broken;
mod good;
mod page;

use std::collections::{BTreeMap, BTreeSet};

use super::{Checked, Renderings, Source, Unplayable, Wave, check, wordings};

/// A flow that could be anybody's.
const GOOD: &str = include_str!("good.toml");

/// Good flows, each with the faults that can be made in it. Together they use every verb and every attribute.
const PAIRS: &[(&str, &str)] = &[
    (GOOD, include_str!("faults.toml")),
    (include_str!("good/collect.toml"), include_str!("faults/collect.toml")),
    (include_str!("good/menu.toml"), include_str!("faults/menu.toml")),
    (include_str!("good/record.toml"), include_str!("faults/record.toml")),
    (include_str!("good/variables.toml"), include_str!("faults/variables.toml")),
    (include_str!("good/hooks.toml"), include_str!("faults/hooks.toml")),
    (include_str!("good/unanswered.toml"), include_str!("faults/unanswered.toml")),
    (include_str!("good/hours.toml"), include_str!("faults/hours.toml")),
    (include_str!("good/languages.toml"), include_str!("faults/languages.toml")),
    (include_str!("good/company.toml"), include_str!("faults/company.toml")),
    (include_str!("good/meeting.toml"), include_str!("faults/meeting.toml")),
    (include_str!("good/ways.toml"), include_str!("faults/ways.toml")),
];

/// Checks `text`, every WAV file that it or the good flow names being there.
fn check_text(text: &str) -> Checked {
    check_with(text, |_| {})
}

/// Checks `text` with the WAV files that `change` leaves.
fn check_with(text: &str, change: impl FnOnce(&mut BTreeMap<String, Result<Wave, Unplayable>>)) -> Checked {
    let wordings = [GOOD, text].into_iter().filter_map(|text| wordings("flow.toml", text).ok()).flatten();
    let mut waves = wordings.map(|(_, wording)| (wording.file.clone(), Ok(wave(&wording.file)))).collect();
    change(&mut waves);
    let flows = BTreeSet::from(["front_desk".to_owned(), "support".to_owned()]);
    let renderings = Renderings::default();
    check(&Source { name: "front_desk", file: "flow.toml", text, flows: &flows, waves: &waves, renderings: &renderings })
}

fn wave(content: &str) -> Wave {
    Wave { sha256: super::hash::sha256_hex(content.as_bytes()), ms: 2_000 }
}
