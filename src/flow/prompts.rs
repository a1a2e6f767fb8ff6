//! Reads the prompts, and brings them together with their WAV files.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::{
    check::{Source, Unplayable, Wave, Wording},
    file::PromptTable,
    model::Prompt,
    read::{Entry, read},
    rendering::Origin,
    report::Report,
    steps::StepEntry,
};

/// A prompt of the file, readable or not.
pub(super) struct PromptEntry {
    /// Its name.
    pub(super) name: Spanned<String>,
    wording: Option<Wording>,
}

impl PromptEntry {
    /// Its words by its name, if it could be read.
    pub(super) fn into_wording(self) -> Option<(String, Wording)> {
        Some((self.name.into_inner(), self.wording?))
    }
}

/// Reads every prompt; what is wrong with one goes to the report.
pub(super) fn read_all(entries: Vec<Entry<'_>>, report: &mut Report<'_>) -> Vec<PromptEntry> {
    entries.into_iter().map(|entry| read_one(entry, report)).collect()
}

/// Warns of prompts that no step plays.
pub(super) fn check_used(prompts: &[PromptEntry], steps: &[StepEntry], report: &mut Report<'_>) {
    let used: BTreeSet<&str> = steps.iter().flat_map(StepEntry::plays).collect();
    for prompt in prompts.iter().filter(|prompt| !used.contains(prompt.name.get_ref().as_str())) {
        let what = format!("no step plays prompt `{}`", prompt.name.get_ref());
        report.warning(prompt.name.span(), what, "play it somewhere, or remove it");
    }
}

/// The prompts with what is known of their WAV files; each must be there, and one that Graph can play.
pub(super) fn with_waves(prompts: Vec<PromptEntry>, source: &Source<'_>, report: &mut Report<'_>) -> BTreeMap<String, Prompt> {
    prompts.into_iter().filter_map(|prompt| with_wave(prompt, source, report)).collect()
}

fn read_one(entry: Entry<'_>, report: &mut Report<'_>) -> PromptEntry {
    let Entry { name, table } = entry;
    let read: Option<PromptTable> = read(table, &format!("prompt `{}`", name.get_ref()), name.span(), report);
    let wording = read.map(|prompt| Wording {
        text: prompt.text.0,
        file: prompt.file.map_or_else(|| format!("{}.wav", name.get_ref()), |file| file.0),
    });
    PromptEntry { name, wording }
}

fn with_wave(prompt: PromptEntry, source: &Source<'_>, report: &mut Report<'_>) -> Option<(String, Prompt)> {
    let at = prompt.name.span();
    let (name, Wording { text, file }) = prompt.into_wording()?;
    match source.waves.get(&file) {
        Some(Ok(Wave { sha256, ms })) => {
            if source.renderings.origin(&name, &text, sha256) == Origin::Stale {
                let what = format!("the text of prompt `{name}` has changed since a computer spoke it");
                report.warning(at, what, "run `switchboard prompts render`");
            }
            Some((name, Prompt { sha256: sha256.clone(), ms: *ms, text }))
        }
        Some(Err(Unplayable { what, cure })) => {
            report.error(at, format!("prompts/{file} {what}"), cure);
            None
        }
        None => {
            report.error(at, format!("prompts/{file} is missing"), "record it, or run `switchboard prompts render`");
            None
        }
    }
}
