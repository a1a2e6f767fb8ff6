//! Checks a flow completely, before a call ever sees it, and says everything that is wrong at once.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Spanned, de::DeTable};

use super::{
    company::CallKind,
    file::File,
    finding::Finding,
    hooks::{self, HookEntry},
    languages,
    model::Flow,
    names::{check_known, check_said, check_shape, is_name},
    paths::{self, Beginnings},
    prompts::{self, PromptEntry},
    read::{Entry, read, take_entries},
    rendering::Renderings,
    report::Report,
    steps::{self, StepEntry},
    together::versioned,
    variables,
};

/// The longest `flow.toml`, in bytes.
pub const MAX_FILE: usize = 256 * 1024;
/// The most steps of one flow.
pub const MAX_STEPS: usize = 1_000;

/// A flow as it lies in its folder.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The folder's name, which is the flow's.
    pub name: &'a str,
    /// What findings call the file.
    pub file: &'a str,
    /// The text of `flow.toml`.
    pub text: &'a str,
    /// The names of all flows in the folder, this one too.
    pub flows: &'a BTreeSet<String>,
    /// The WAV files by their path within `prompts`.
    pub waves: &'a BTreeMap<String, Result<Wave, Unplayable>>,
    /// Which of them a computer has spoken.
    pub renderings: &'a Renderings,
}

/// What is known of a WAV file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wave {
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// How long it plays, in milliseconds.
    pub ms: u32,
}

/// Why Graph would not play a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unplayable {
    /// What is wrong with it; goes after the file's name.
    pub what: String,
    /// How to mend it.
    pub cure: String,
}

/// What came of a check.
#[derive(Debug, Clone)]
pub struct Checked {
    /// What findings call the file.
    pub file: String,
    /// The flow, unless there are errors.
    pub flow: Option<Flow>,
    /// Errors and warnings in the file's order.
    pub findings: Vec<Finding>,
    /// What there is to say of each step that goes on with another flow, should the two not fit together.
    pub onward: BTreeMap<String, Onward>,
}

/// What there is to say of a step that goes on with another flow.
#[derive(Debug, Clone)]
pub struct Onward {
    /// Should that lead back here without giving the caller a turn: see [`rounds`](super::rounds).
    pub round: Finding,
    /// Should that be for a call with more than two; `None` where only such a call comes here: see [`crowded`](super::crowded).
    pub crowded: Option<Finding>,
}

/// What a prompt says, and where its WAV file belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// The words.
    pub text: String,
    /// The path within `prompts`.
    pub file: String,
    /// The language, where it is not the flow's first.
    pub language: Option<String>,
}

/// Checks a whole flow.
pub fn check(source: &Source<'_>) -> Checked {
    let mut report = Report::new(source.file, source.text);
    let mut onward = BTreeMap::new();
    let flow = read_flow(source, &mut onward, &mut report);
    Checked {
        file: source.file.to_owned(),
        flow: flow.filter(|_| !report.has_errors()),
        findings: report.into_findings(),
        onward,
    }
}

/// The prompts of a flow whose WAV files may not be there yet, by name: `welcome`, and `welcome.de` in another language than the first. Everything else in it may be wrong.
///
/// # Errors
///
/// The file cannot be parsed, or a prompt cannot be read.
pub fn wordings(file: &str, text: &str) -> Result<BTreeMap<String, Wording>, Vec<Finding>> {
    let mut report = Report::new(file, text);
    let entries = parse(text, &mut report).map(|mut root| take_entries(&mut root, "prompts", "prompt", &mut report));
    let prompts = prompts::read_all(entries.unwrap_or_default(), &mut report);
    match report.has_errors() {
        true => Err(report.into_findings()),
        false => Ok(prompts.into_iter().flat_map(PromptEntry::into_wordings).collect()),
    }
}

fn read_flow(source: &Source<'_>, onward: &mut BTreeMap<String, Onward>, report: &mut Report<'_>) -> Option<Flow> {
    check_folder(source.name, report);
    let mut root = parse(source.text, report)?;
    let prompts = take_entries(&mut root, "prompts", "prompt", report);
    let hooks = take_entries(&mut root, "hooks", "hook", report);
    let steps = take_entries(&mut root, "steps", "step", report);
    check_count(&steps, report)?;

    let file: Option<File> = read(root, "the flow", 0..0, report);
    let prompts = prompts::read_all(prompts, report);
    let hooks = hooks::read_all(hooks, report);
    let steps = steps::read_all(steps, report);
    let start = file.as_ref().map(|file| &file.start.0);

    let told: Vec<&Spanned<String>> = file.iter().flat_map(|file| file.events.0.values()).map(|step| &step.0).collect();

    check_names(start.into_iter().chain(told.iter().copied()), &steps, &prompts, report);
    check_hooks(&hooks, &steps, report);
    check_flows(source.flows, &steps, report);
    if let Some(file) = &file {
        variables::check(&file.variables.0, &steps, report);
        languages::check(&file.languages.0, &prompts, &steps, report);
        check_joins(file, report);
    }
    let kind = file.as_ref().map_or(CallKind::Group, |file| file.call.into());
    let begins = Beginnings { start, told: &told, kind };
    let may_be_alone = paths::check(&begins, &steps, report);
    onward.extend(steps.iter().zip(may_be_alone).filter_map(|(step, may_be_alone)| goes_on(step, may_be_alone, report)));
    prompts::check_used(&prompts, &steps, report);
    let (prompts, translations) = prompts::with_waves(prompts, source, report);
    let file = file?;
    let flow = Flow {
        name: source.name.to_owned(),
        version: String::new(),
        call: file.call.into(),
        joins: file.joins.map(|joins| joins.into_inner().into()).unwrap_or_default(),
        start: file.start.0.into_inner(),
        told: file.events.0.into_iter().map(|(event, step)| (event.0, step.0.into_inner())).collect(),
        timezone: file.timezone.map(|zone| zone.0),
        variables: file.variables.0.into_iter().map(|(name, value)| (name.into_inner(), value)).collect(),
        others: BTreeMap::new(),
        languages: file.languages.0.into_iter().map(Spanned::into_inner).collect(),
        translations,
        prompts,
        hooks: hooks::by_name(hooks),
        steps: steps.into_iter().filter_map(StepEntry::into_step).collect(),
        journal_tones: file.journal.tones,
    };
    Some(versioned(flow))
}

fn check_joins(file: &File, report: &mut Report<'_>) {
    if let (Some(joins), CallKind::Two | CallKind::Group) = (&file.joins, file.call.into()) {
        let hint = "say `call = \"meeting\"`, or remove it";
        report.error(joins.span(), "`joins` is for flows that join a meeting".to_owned(), hint);
    }
}

fn check_folder(name: &str, report: &mut Report<'_>) {
    if !is_name(name) {
        let hint = "flow folders are named by up to 64 lower-case letters, digits and underscores, with a letter first";
        report.error(0..0, format!("`{name}` is no name for a flow"), hint);
    }
}

/// The file as TOML, or every fault of its syntax.
pub(super) fn parse<'i>(text: &'i str, report: &mut Report<'_>) -> Option<DeTable<'i>> {
    if text.len() > MAX_FILE {
        report.error(0..0, format!("the file has {} bytes", text.len()), format!("split the flow: {MAX_FILE} are the most"));
        return None;
    }
    let (root, faults) = DeTable::parse_recoverable(text);
    for fault in &faults {
        report_syntax(text, fault, report);
    }
    faults.is_empty().then(|| root.into_inner())
}

fn report_syntax(text: &str, fault: &toml::de::Error, report: &mut Report<'_>) {
    let at = fault.span().unwrap_or(0..0);
    match fault.message().split_once(", expected ") {
        Some((what, expected)) => report.error(at, format!("this is no TOML, {what}"), format!("write {expected}")),
        None if fault.message() == "duplicate key" => {
            let key = text.get(at.clone()).unwrap_or_default();
            report.error(at, format!("`{key}` is there twice"), "remove one of them");
        }
        None => report.error(at, format!("this is no TOML, {}", fault.message()), "see https://toml.io"),
    }
}

fn check_count(steps: &[Entry<'_>], report: &mut Report<'_>) -> Option<()> {
    match steps.get(MAX_STEPS) {
        Some(beyond) => {
            let what = format!("the flow has {} steps", steps.len());
            report.error(beyond.name.span(), what, format!("split it: {MAX_STEPS} are the most"));
            None
        }
        None => Some(()),
    }
}

/// Every name that is defined is one, and every name that is used is defined.
fn check_names<'s>(
    begins: impl Iterator<Item = &'s Spanned<String>>,
    steps: &'s [StepEntry],
    prompts: &[PromptEntry],
    report: &mut Report<'_>,
) {
    let known_steps: Vec<&str> = steps.iter().map(|step| step.name.get_ref().as_str()).collect();
    let known_prompts: Vec<&str> = prompts.iter().map(|prompt| prompt.name.get_ref().as_str()).collect();
    steps.iter().for_each(|step| check_shape("step", &step.name, report));
    prompts.iter().for_each(|prompt| check_shape("prompt", &prompt.name, report));
    for name in begins.chain(steps.iter().flat_map(|step| &step.names.leads)) {
        check_known("step", name, &known_steps, "[steps.NAME]", report);
    }
    steps.iter().for_each(|step| check_said(&step.names.says, &known_prompts, report));
    for name in steps.iter().flat_map(|step| &step.names.plays) {
        check_known("prompt", name, &known_prompts, "NAME = { text = \"…\" } under [prompts]", report);
    }
}

/// Every hook has a name that is one, is defined, and is used.
fn check_hooks(hooks: &[HookEntry], steps: &[StepEntry], report: &mut Report<'_>) {
    let known: Vec<&str> = hooks.iter().map(|hook| hook.name.get_ref().as_str()).collect();
    hooks.iter().for_each(|hook| check_shape("hook", &hook.name, report));
    for name in steps.iter().flat_map(|step| &step.names.reaches) {
        check_known("hook", name, &known, "[hooks.NAME]", report);
    }
    hooks::check_used(hooks, steps, report);
}

/// What there is to say of a step that goes on with another flow; `may_be_alone` where a call between two may come to it.
fn goes_on(step: &StepEntry, may_be_alone: bool, report: &Report<'_>) -> Option<(String, Onward)> {
    let flow = step.names.flows.first()?;
    let (at, name) = (flow.span(), flow.get_ref());
    let round = format!("flow `{name}` leads back here without giving the caller a turn");
    let round = report.finding(at.clone(), round, "lead out of it, here or there, to a step that waits for the caller");
    let crowded = format!("flow `{name}` is for a call with more than two, and one between two may come to it from here");
    let hint = "go on with it only after `joined` of an `invite`, or say here too what kind of call the flow is for";
    let crowded = may_be_alone.then(|| report.finding(at, crowded, hint));
    Some((step.name.get_ref().clone(), Onward { round, crowded }))
}

/// Every flow that a step goes on with is there.
fn check_flows(known: &BTreeSet<String>, steps: &[StepEntry], report: &mut Report<'_>) {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    for name in steps.iter().flat_map(|step| &step.names.flows) {
        check_known("flow", name, &known, "a flow.toml in a folder NAME beside this one", report);
    }
}
