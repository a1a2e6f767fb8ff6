//! What came of the tests, for people and for programs.

use std::{
    fmt::Write as _,
    io::{self, IsTerminal, Write, stdout},
};

use serde_json::{Value, json};

use super::{Outcome, coverage::Gaps, difference::Difference, play::Played};
use crate::conversation::{Story, in_words};

/// Prints it for people: a line for each test, then what differs, then what is not tested, then the sum.
pub(super) fn text(outcome: &Outcome, show: bool) -> io::Result<()> {
    let mut text = String::new();
    let paint = Paint(stdout().is_terminal());
    let mut flow = "";
    for played in &outcome.played {
        let name = played.test.flow.name.as_str();
        if flow != name {
            let _ = writeln!(text, "{name}");
            flow = name;
        }
        let mark = if played.passed() { paint.green("ok  ") } else { paint.red("FAIL") };
        let _ = writeln!(text, "  {mark}  {:<70} {}", played.test.trial.name, minutes(played.lasted_ms()));
        if show && played.passed() {
            let _ = writeln!(text, "{}", conversation(played, played.seen.len()));
        }
    }
    for played in &outcome.played {
        if let Some(difference) = &played.difference {
            let _ = write!(text, "\n{}", failure(played, difference, paint));
        }
    }
    for gaps in outcome.gaps.iter().flatten() {
        let _ = write!(text, "\n{}", coverage(gaps));
    }
    let _ = writeln!(text, "\n{}", sum(outcome));
    stdout().lock().write_all(text.as_bytes())
}

/// Prints it for programs.
pub(super) fn json(outcome: &Outcome) -> io::Result<()> {
    let tests: Vec<Value> = outcome.played.iter().map(test).collect();
    let passed = outcome.played.iter().filter(|played| played.passed()).count();
    let object = json!({
        "passed": passed,
        "failed": tests.len() - passed,
        "ms": outcome.took.as_millis() as u64,
        "tests": tests,
        "coverage": outcome.gaps,
    });
    writeln!(stdout().lock(), "{object:#}")
}

fn test(played: &Played) -> Value {
    let since = played.seen.first().map(|first| first.at.as_millisecond()).unwrap_or_default();
    let said = played.seen.iter().filter_map(|observation| {
        let (who, words) = in_words(observation)?;
        Some(json!({ "ms": observation.at.as_millisecond() - since, "who": who, "words": words }))
    });
    json!({
        "flow": played.test.flow.name,
        "name": played.test.trial.name,
        "file": &*played.test.file,
        "line": played.test.trial.line,
        "passed": played.passed(),
        "lasted_ms": played.lasted_ms(),
        "difference": played.difference,
        "conversation": said.collect::<Vec<_>>(),
    })
}

/// The conversation up to the difference, and what was expected instead.
fn failure(played: &Played, difference: &Difference, paint: Paint) -> String {
    let Difference { line, column, expected, found, shown } = difference;
    let title = paint.red(&format!("FAIL  {}: {}", played.test.flow.name, played.test.trial.name));
    let mut text = format!("{title}\n{}\n", conversation(played, *shown));
    let expected = with_names(expected, played);
    let _ = writeln!(text, "  expected  {expected}\n            {}:{line}:{column}", played.test.file);
    let _ = writeln!(text, "  but       {}", paint.red(&with_names(found, played)));
    text
}

/// Calls people by the names that they have in the test.
fn with_names(text: &str, played: &Played) -> String {
    played.test.trial.given.everyone().fold(text.to_owned(), |text, (name, id)| text.replace(id, name))
}

fn conversation(played: &Played, shown: usize) -> String {
    let mut story = Story::new();
    let lines = played.seen[..shown].iter().filter_map(|observation| story.observed(observation));
    lines.fold(String::new(), |text, line| text + &with_names(&line, played) + "\n")
}

fn coverage(gaps: &Gaps) -> String {
    let mut text = format!("{}: {} of {} steps and ways are tested\n", gaps.flow, gaps.taken(), gaps.of);
    for step in &gaps.steps {
        let _ = writeln!(text, "  no test comes to step {step}");
    }
    for way in &gaps.ways {
        let _ = writeln!(text, "  no test takes {} of {}, to {}", way.outcome, way.step, way.to);
    }
    text
}

fn sum(outcome: &Outcome) -> String {
    let passed = outcome.played.iter().filter(|played| played.passed()).count();
    let failed = outcome.played.len() - passed;
    let talked: i64 = outcome.played.iter().map(Played::lasted_ms).sum();
    let failed = if failed > 0 { format!(", {failed} failed") } else { String::new() };
    format!("{passed} passed{failed}: {} of calls in {:.1} s", minutes(talked), outcome.took.as_secs_f64())
}

fn minutes(ms: i64) -> String {
    format!("{}:{:02}", ms / 60_000, ms / 1_000 % 60)
}

/// Colours, where the terminal has them.
#[derive(Clone, Copy)]
struct Paint(bool);

impl Paint {
    fn green(self, text: &str) -> String {
        self.paint("32", text)
    }

    fn red(self, text: &str) -> String {
        self.paint("31", text)
    }

    fn paint(self, colour: &str, text: &str) -> String {
        match self.0 {
            true => format!("\x1b[{colour}m{text}\x1b[0m"),
            false => text.to_owned(),
        }
    }
}
