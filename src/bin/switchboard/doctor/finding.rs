//! What a check found.

use std::{
    fmt,
    io::{self, Write, stdout},
};

use serde::Serialize;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// What was looked at.
    pub(super) check: &'static str,
    /// Whether it is as it must be.
    pub(super) verdict: Verdict,
    /// What was found; where nothing could be, why.
    what: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    cure: Option<String>,
}

/// Whether something is as it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    /// It is.
    Good,
    /// It is not: a call will fail for it.
    Bad,
    /// It cannot be seen from here.
    Unknown,
}

impl Finding {
    pub(super) fn good(check: &'static str, what: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Good, what: what.into(), cure: None }
    }

    pub(super) fn bad(check: &'static str, what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Bad, what: what.into(), cure: Some(cure.into()) }
    }

    /// What is wrong, in words that hold the cure already.
    pub(super) fn told(check: &'static str, what: impl ToString) -> Self {
        Self { check, verdict: Verdict::Bad, what: what.to_string(), cure: None }
    }

    pub(super) fn unknown(check: &'static str, why: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Unknown, what: why.into(), cure: None }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::Good => "good",
            Verdict::Bad => "bad",
            Verdict::Unknown => "unknown",
        };
        write!(f, "{verdict:8} {:11} {}", self.check, self.what)?;
        match &self.cure {
            Some(cure) => write!(f, ": {cure}"),
            None => Ok(()),
        }
    }
}

/// Prints findings, a line each or as JSON.
pub(super) fn print(findings: &[Finding], as_json: bool) -> io::Result<()> {
    let mut out = stdout().lock();
    match as_json {
        true => writeln!(out, "{}", serde_json::to_string_pretty(findings)?),
        false => findings.iter().try_for_each(|finding| writeln!(out, "{finding}")),
    }
}
