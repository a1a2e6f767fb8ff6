//! What a call sends to the operator's own servers, and what they answer.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A server of the operator's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hook {
    /// Its name in the flow.
    pub name: String,
    /// Where it is, as the flow has it; the settings may say otherwise.
    pub url: Option<String>,
}

/// What is told of a call, as it was when it was owed: the same at every try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// When.
    pub at: Timestamp,
    /// The step that sends it.
    pub step: String,
    /// The variables and facts that the step names.
    pub variables: BTreeMap<String, String>,
}

/// What a hook has answered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Variables that it sets.
    pub variables: BTreeMap<String, String>,
    /// The way that it chooses.
    pub next: Option<String>,
}
