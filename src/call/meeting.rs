//! A meeting, as Graph knows one: by its organiser and thread, or by its id.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A meeting that can be joined. <https://learn.microsoft.com/graph/api/application-post-calls>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meeting {
    /// What a join URL holds.
    Organised {
        /// The organiser's object id.
        organiser: String,
        /// The organiser's tenant.
        tenant: String,
        /// The chat's thread, e.g. `19:meeting_…@thread.v2`.
        thread: String,
        /// The message in the thread, `0` for the meeting itself.
        message: String,
        /// The message that is replied to, where the URL names one.
        reply_to: Option<String>,
    },
    /// What an invitation says for those who have no link.
    Numbered {
        /// The meeting's id: digits.
        id: String,
        /// Its passcode, where it has one.
        passcode: Option<Passcode>,
    },
}

/// A meeting's passcode. Never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Passcode(String);

impl Passcode {
    /// Wraps a passcode.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The passcode, for Graph and nobody else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Passcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[a passcode]")
    }
}
