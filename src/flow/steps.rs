//! Reads the steps, each by its verb.

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    model::Step,
    names::{Names, did_you_mean, list},
    read::Entry,
    report::Report,
    verb::{Row, VERBS},
};

/// A step of the file, readable or not.
pub(super) struct StepEntry {
    /// Its name.
    pub(super) name: Spanned<String>,
    /// The names that it uses.
    pub(super) names: Names,
    /// All text in a step that cannot be read: any of it may be a name that it uses.
    pub(super) guesses: Vec<String>,
    /// The caller gets a turn in it, or may, since it cannot be read.
    pub(super) listens: bool,
    step: Option<Step>,
}

impl StepEntry {
    /// The step by its name, if it could be read.
    pub(super) fn into_step(self) -> Option<(String, Step)> {
        Some((self.name.into_inner(), self.step?))
    }

    /// Steps that it leads to, surely or perhaps.
    pub(super) fn leads(&self) -> impl Iterator<Item = &str> {
        self.names.leads.iter().map(|name| name.get_ref().as_str()).chain(self.guesses.iter().map(String::as_str))
    }

    /// Steps that it leads to, surely or perhaps, without anybody coming into the call.
    pub(super) fn leads_alone(&self) -> impl Iterator<Item = &str> {
        let joined = self.names.joined.as_ref().map(Spanned::span);
        let leads = self.names.leads.iter().filter(move |name| Some(name.span()) != joined);
        leads.map(|name| name.get_ref().as_str()).chain(self.guesses.iter().map(String::as_str))
    }

    /// It could be read, so its names are all that it uses.
    pub(super) fn is_read(&self) -> bool {
        self.step.is_some()
    }

    /// Only a call that nobody has taken yet can go through it.
    pub(super) fn needs_ringing(&self) -> bool {
        self.step.as_ref().is_some_and(Step::needs_ringing)
    }

    /// Graph does it only in a call between two.
    pub(super) fn needs_two(&self) -> bool {
        matches!(self.step, Some(Step::Transfer(_)))
    }

    /// Graph does it only in a call with more than two ends.
    pub(super) fn needs_company(&self) -> bool {
        self.step.as_ref().is_some_and(Step::needs_company)
    }

    /// It needs no ears: a call that still rings does so after it.
    pub(super) fn needs_no_ears(&self) -> bool {
        self.step.as_ref().is_none_or(Step::is_for_no_ears)
    }

    /// Prompts that it plays, surely or perhaps.
    pub(super) fn plays(&self) -> impl Iterator<Item = &str> {
        self.names
            .plays
            .iter()
            .chain(&self.names.says)
            .map(|name| name.get_ref().as_str())
            .chain(self.guesses.iter().map(String::as_str))
    }

    /// Hooks that it asks or tells, surely or perhaps.
    pub(super) fn reaches(&self) -> impl Iterator<Item = &str> {
        self.names.reaches.iter().map(|name| name.get_ref().as_str()).chain(self.guesses.iter().map(String::as_str))
    }
}

/// Reads every step; what is wrong with one goes to the report.
pub(super) fn read_all(entries: Vec<Entry<'_>>, report: &mut Report<'_>) -> Vec<StepEntry> {
    entries.into_iter().map(|entry| read_one(entry, report)).collect()
}

fn read_one(entry: Entry<'_>, report: &mut Report<'_>) -> StepEntry {
    let Entry { name, mut table } = entry;
    let mut guesses = Vec::new();
    texts(&table, &mut guesses);
    let mut names = Names::default();
    let verb = take_verb(&name, &mut table, report);
    let step = verb.and_then(|verb| (verb.read)(table, name.span(), &mut names, report));
    match (verb, step) {
        (Some(verb), Some(step)) => StepEntry { name, names, guesses: Vec::new(), listens: verb.listens, step: Some(step) },
        _ => StepEntry { name, names, guesses, listens: true, step: None },
    }
}

/// What the step's `do` says, which is taken out.
fn take_verb(name: &Spanned<String>, table: &mut DeTable<'_>, report: &mut Report<'_>) -> Option<&'static Row> {
    let verbs: Vec<&str> = VERBS.iter().map(|verb| verb.name).collect();
    let Some(said) = table.remove("do") else {
        let what = format!("step `{}` does not say what it does", name.get_ref());
        report.error(name.span(), what, format!("give it `do`, one of {}", list(verbs)));
        return None;
    };
    let text = said.get_ref().as_str();
    let verb = VERBS.iter().find(|verb| text == Some(verb.name));
    if verb.is_none() {
        let written = text.map_or_else(|| said.get_ref().type_str().to_owned(), |text| format!("\"{text}\""));
        let hint = text.and_then(|text| did_you_mean(text, &verbs)).unwrap_or_else(|| format!("it takes one of {}", list(verbs)));
        report.error(said.span(), format!("`do` cannot be {written}"), hint);
    }
    verb
}

/// All text in `table`, however deep.
fn texts(table: &DeTable<'_>, found: &mut Vec<String>) {
    table.values().for_each(|value| texts_in(value.get_ref(), found));
}

fn texts_in(value: &DeValue<'_>, found: &mut Vec<String>) {
    match value {
        DeValue::String(text) => found.push(text.to_string()),
        DeValue::Array(values) => values.iter().for_each(|value| texts_in(value.get_ref(), found)),
        DeValue::Table(table) => texts(table, found),
        _ => {}
    }
}
