//! What the checker has to say.

use std::fmt;

use serde::Serialize;

/// Something wrong in a flow, where it is and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The file, as the reader knows it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// Whether a call may run all the same.
    pub severity: Severity,
    /// What is wrong: a sentence in lower case, without its full stop.
    pub what: String,
    /// How to mend it.
    pub hint: String,
}

/// How bad a [`Finding`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// No call may run on this flow.
    Error,
    /// The flow runs, but its author will want to know.
    Warning,
}

impl Finding {
    /// An error about a whole file or folder.
    pub fn about(file: impl Into<String>, what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { file: file.into(), line: 1, column: 1, severity: Severity::Error, what: what.into(), hint: hint.into() }
    }

    /// No call may run on this flow.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let warning = match self.severity {
            Severity::Error => "",
            Severity::Warning => "warning: ",
        };
        write!(f, "{}:{}:{}: {warning}{}: {}", self.file, self.line, self.column, self.what, self.hint)
    }
}
