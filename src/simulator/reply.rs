//! Graph's answers.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::wire::Reply;

/// Why Graph says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    /// Often the platform's numeric subcode, as text.
    pub(crate) code: String,
    pub(crate) message: String,
    /// Seconds to wait before asking again.
    pub(crate) retry_after: Option<u64>,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), retry_after: None }
    }

    /// 400 with the platform's subcode for an invalid argument.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "8523", message)
    }

    /// 404 with the platform's subcode for a call that is not there, or not there any more.
    pub(crate) fn call_not_found() -> Self {
        Self::new(404, "8522", "Call not found.")
    }

    /// The reply, with the ids that Graph puts beside every error.
    pub(crate) fn reply(&self, request_id: &str, now: Timestamp) -> Reply {
        let reply = with_body(
            self.status,
            json!({ "error": {
                "code": self.code,
                "message": self.message,
                "innerError": {
                    "date": now.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
                    "request-id": request_id,
                    "client-request-id": request_id,
                }
            }}),
        );
        Reply { retry_after: self.retry_after, ..reply }
    }
}

/// A status without a body.
pub(crate) fn empty(status: u16) -> Reply {
    Reply { status, body: None, retry_after: None, lost: false, late: false }
}

/// A status with a body.
pub(crate) fn with_body(status: u16, body: Value) -> Reply {
    Reply { body: Some(body), ..empty(status) }
}
