//! Reads the prompts, and brings them together with their WAV files.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::{
    check::{Source, Unplayable, Wave, Wording},
    file::PromptTable,
    model::Prompt,
    read::{Entry, read},
    rendering::Origin,
    report::{Report, Span},
    steps::StepEntry,
    value::Words,
};

/// A prompt of the file, readable or not.
pub(super) struct PromptEntry {
    /// Its name.
    pub(super) name: Spanned<String>,
    wording: Option<Wording>,
    translations: Vec<(Spanned<String>, Wording)>,
}

/// Prompts in other languages, by language and name.
type Translations = BTreeMap<String, BTreeMap<String, Prompt>>;

impl PromptEntry {
    /// Its words by its name, in every language; none if it could not be read.
    pub(super) fn into_wordings(self) -> impl Iterator<Item = (String, Wording)> {
        let name = self.name.into_inner();
        let translated: Vec<_> =
            self.translations.into_iter().map(|(language, wording)| (in_language(&name, language.get_ref()), wording)).collect();
        self.wording.map(|wording| (name, wording)).into_iter().chain(translated)
    }

    /// The languages that it is there in, beside the first.
    pub(super) fn languages(&self) -> impl Iterator<Item = &Spanned<String>> {
        self.translations.iter().map(|(language, _)| language)
    }

    /// It could be read.
    pub(super) fn is_read(&self) -> bool {
        self.wording.is_some()
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
pub(super) fn with_waves(
    entries: Vec<PromptEntry>,
    source: &Source<'_>,
    report: &mut Report<'_>,
) -> (BTreeMap<String, Prompt>, Translations) {
    let (mut prompts, mut translations) = (BTreeMap::new(), Translations::new());
    for PromptEntry { name, wording, translations: others } in entries {
        let wave = wording.and_then(|wording| with_wave(name.span(), name.get_ref(), wording, source, report));
        prompts.extend(wave.map(|prompt| (name.get_ref().clone(), prompt)));
        for (language, wording) in others {
            let known = in_language(name.get_ref(), language.get_ref());
            let wave = with_wave(language.span(), &known, wording, source, report);
            let prompts = translations.entry(language.into_inner()).or_default();
            prompts.extend(wave.map(|prompt| (name.get_ref().clone(), prompt)));
        }
    }
    (prompts, translations)
}

/// What a prompt is called in a language that is not the first.
fn in_language(name: &str, language: &str) -> String {
    format!("{name}.{language}")
}

fn read_one(entry: Entry<'_>, report: &mut Report<'_>) -> PromptEntry {
    let Entry { name, table } = entry;
    let read: Option<PromptTable> = read(table, &format!("prompt `{}`", name.get_ref()), name.span(), report);
    let Some(PromptTable { text, file, languages }) = read else {
        return PromptEntry { name, wording: None, translations: Vec::new() };
    };
    let file = file.map_or_else(|| format!("{}.wav", name.get_ref()), |file| file.0);
    let translated = |(language, words): (Spanned<String>, Words)| {
        let (file, text) = (format!("{}/{file}", language.get_ref()), words.0);
        let wording = Wording { text, file, language: Some(language.get_ref().clone()) };
        (language, wording)
    };
    let translations = languages.0.into_iter().map(translated).collect();
    PromptEntry { name, wording: Some(Wording { text: text.0, file, language: None }), translations }
}

/// A prompt, which is called `name`, with its WAV file.
fn with_wave(at: Span, name: &str, wording: Wording, source: &Source<'_>, report: &mut Report<'_>) -> Option<Prompt> {
    let Wording { text, file, .. } = wording;
    match source.waves.get(&file) {
        Some(Ok(Wave { sha256, ms })) => {
            if source.renderings.origin(name, &text, sha256) == Origin::Stale {
                let what = format!("the text of prompt `{name}` has changed since a computer spoke it");
                report.warning(at, what, "run `switchboard prompts render`");
            }
            Some(Prompt { sha256: sha256.clone(), ms: *ms, text })
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
