//! Whether a talk makes sense: whom and what it names is there, the caller knows when to act, and it comes to an end.

use super::{
    line::LineTable,
    model::{Cue, Given, Line, Recorded, Said},
};
use crate::flow::{
    names::{did_you_mean, list},
    report::{Report, Span},
};

/// Checks the order of the lines of a test that begins `at`.
pub(super) fn check(talk: &[(Span, Said)], at: &Span, prompts: &[(String, String)], report: &mut Report<'_>) {
    let Some((last, said)) = talk.last() else {
        return report.error(at.clone(), "the test has no talk", "say what is heard and done: `talk = [{ hears = \"…\" }, … ]`");
    };
    if !ends(&said.what) {
        report.error(last.clone(), "the talk has no end", "end it with `{ ends = \"bot\" }`, `{ hangs_up = true }` or the like");
    }
    for pair in talk.windows(2) {
        check_pair(&pair[0].1.what, &pair[1], report);
    }
    check_recordings(talk, report);
    let first_deed = talk.iter().take_while(|(_, said)| !is_cue(&said.what)).find(|(_, said)| is_deed(&said.what));
    if let Some((at, _)) = first_deed {
        let hint = match prompts.first() {
            Some((name, _)) => format!("say first what the caller hears, e.g. `{{ hears = \"{name}\" }}`"),
            None => "the flow says nothing, so nobody can answer".to_owned(),
        };
        report.error(at.clone(), "the caller has heard nothing yet", hint);
    }
}

/// Every prompt that is heard is one of the flow's, by name or words.
pub(super) fn check_heard(talk: &[(Span, Said)], prompts: &[(String, String)], report: &mut Report<'_>) {
    for (at, said) in talk {
        let (Line::Hears(Cue::Prompt(cue)) | Line::Interrupts(Cue::Prompt(cue))) = &said.what else { continue };
        if !prompts.iter().any(|(name, words)| is_meant(cue, name, words)) {
            let names: Vec<&str> = prompts.iter().map(|(name, _)| name.as_str()).collect();
            let hint = did_you_mean(cue, &names).unwrap_or_else(|| format!("name one of {}, or some of its words", list(names)));
            report.error(at.clone(), format!("no prompt is called `{cue}` or says so"), hint);
        }
    }
}

/// A recording that is heard has been made before: each that came to anything has its line.
fn check_recordings(talk: &[(Span, Said)], report: &mut Report<'_>) {
    let mut made = 0;
    for (at, said) in talk {
        match &said.what {
            Line::Recorded(Recorded::Key | Recorded::Silence | Recorded::Longest) => made += 1,
            Line::Hears(Cue::Recording(nth)) | Line::Interrupts(Cue::Recording(nth)) if *nth > made => {
                let what = format!("recording {nth} is heard, and {made} are made before");
                report.error(at.clone(), what, "say how each recording ends before it is heard, e.g. `{ recorded = \"key\" }`");
            }
            _ => {}
        }
    }
}

/// Whether somebody who listens for `cue` means the prompt of this name and these words.
pub fn is_meant(cue: &str, name: &str, words: &str) -> bool {
    cue == name || (!cue.trim().is_empty() && words.to_lowercase().contains(&cue.to_lowercase()))
}

/// How the bot itself is called in a line.
const BOT: &str = "bot";

/// Whoever is named by a line and has neither an object id nor a number is one of `people`.
pub(super) fn check_people(line: &LineTable, given: &Given, at: &Span, report: &mut Report<'_>) {
    let named: Vec<&str> = match line {
        LineTable::TransfersTo(person) => vec![person],
        LineTable::RedirectsTo(people) => people.iter().map(String::as_str).collect(),
        line => line.somebody().map(|(_, who)| who).filter(|who| *who != BOT).into_iter().collect(),
    };
    let known: Vec<&str> = given.everyone().map(|(name, _)| name).collect();
    let is_name = |name: &&str| !name.starts_with('+') && !name.contains('-') && !known.contains(name);
    for name in named.into_iter().filter(is_name) {
        let hint =
            did_you_mean(name, &known).unwrap_or_else(|| format!("define it: `people.{name} = {{ id = \"…\", … }}` in `given`"));
        report.error(at.clone(), format!("nobody is called `{name}`"), hint);
    }
}

fn check_pair(before: &Line, (at, after): &(Span, Said), report: &mut Report<'_>) {
    if ends(before) {
        report.error(at.clone(), "nothing can follow the end of the call", "remove this line, or the end before it");
    }
    if matches!(before, Line::Interrupts(_)) && !is_deed(&after.what) && !matches!(after.what, Line::Told { .. }) {
        let hint = "say what the caller does in the middle of the prompt, or write `hears`";
        report.error(at.clone(), "the caller interrupts and does nothing", hint);
    }
}

fn ends(line: &Line) -> bool {
    matches!(line, Line::HangsUp | Line::Ends(_))
}

fn is_deed(line: &Line) -> bool {
    matches!(line, Line::Presses(_) | Line::Speaks(_) | Line::HangsUp)
}

fn is_cue(line: &Line) -> bool {
    matches!(line, Line::Hears(_) | Line::Interrupts(_))
}
