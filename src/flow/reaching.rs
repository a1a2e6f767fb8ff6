//! What a step takes to the world outside the call: before the answer, and to servers of the operator's own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::whom::Whom;

/// Acknowledges the order that the call is part of, then goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Acknowledge {
    /// The next step.
    pub then: String,
}

/// Takes the call, then goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The next step.
    pub then: String,
}

/// Declines the call before it is answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reject {
    /// What the caller is told.
    pub reason: RejectReason,
}

/// Why a call is declined. <https://learn.microsoft.com/graph/api/call-reject>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RejectReason {
    /// No reason.
    None,
    /// The bot is busy.
    Busy,
    /// The caller may not.
    Forbidden,
}

/// Sends the call elsewhere before it is answered. When nobody takes it there it is over.
///
/// <https://learn.microsoft.com/graph/api/call-redirect>
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Redirect {
    /// Who is rung, all at once; 1 to 25.
    pub to: Vec<Whom>,
    /// How long, in seconds; 15 to 90.
    pub timeout_s: u8,
    /// The next step when Graph refuses.
    pub failed: String,
}

/// Asks a server of the operator's own, whose answer sets variables and chooses the way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// The hook's name.
    pub hook: String,
    /// The variables that are told.
    pub variables: Vec<String>,
    /// The variables that the answer may set.
    pub sets: Vec<String>,
    /// Names of prompts that play meanwhile, up to 18; where there is none, the caller waits in silence.
    pub meanwhile: Vec<String>,
    /// The answer cuts them short.
    pub cut: bool,
    /// How long the answer may take, in milliseconds: 500 to 20,000, or to 2,500 in silence.
    pub timeout_ms: u32,
    /// The steps that the answer may choose, by the names that it gives them.
    pub next: BTreeMap<String, String>,
    /// The next step when it chooses none.
    pub then: String,
    /// The next step when there is no answer in time, or one that makes no sense.
    pub failed: String,
}

/// Tells a server of the operator's own, and goes on at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notify {
    /// The hook's name.
    pub hook: String,
    /// The event's type.
    pub event: String,
    /// The variables that are told.
    pub variables: Vec<String>,
    /// The next step.
    pub then: String,
}
