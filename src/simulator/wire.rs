//! What crosses the edge of the simulated platform, as values.

use bytes::Bytes;
use serde_json::Value;

/// A request of the bot to Graph's calling API.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// `GET`, `POST` or `DELETE`.
    pub method: String,
    /// The path after the version, e.g. `/communications/calls/{id}/answer`.
    pub path: String,
    /// The JSON body; `None` where there is none.
    pub body: Option<Value>,
}

/// What Graph answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body; `None` for an empty one.
    pub body: Option<Value>,
    /// Seconds for the `Retry-After` header, with 429.
    pub retry_after: Option<u64>,
    /// The deed is done but the reply never reaches the bot: the carrier closes the connection instead of answering.
    pub lost: bool,
    /// The reply is overtaken: the carrier hands it over only after what is posted now has been answered, or 2 s later.
    pub late: bool,
}

/// What the platform does to the world outside; the carrier performs it and reports back with its id.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Post a batch of notifications to the bot. Report with `World::post_answered`.
    Post {
        /// The mark to report with.
        id: u64,
        /// Where to: the registered webhook, or the `callbackUri` given for the call.
        url: String,
        /// The `commsNotifications` envelope.
        body: Value,
        /// The tenant whose claim the signed token carries.
        tenant: String,
    },
    /// Download a prompt, without authentication. Report with `World::fetched`.
    Fetch {
        /// The mark to report with.
        id: u64,
        /// The prompt's URL.
        url: String,
    },
}

/// How a post went.
#[derive(Debug, Clone, PartialEq)]
pub enum Posted {
    /// The bot answered with this status.
    Answered(u16),
    /// No answer: refused, reset or timed out.
    Failed,
}

/// How a download went.
#[derive(Debug, Clone, PartialEq)]
pub enum Fetched {
    /// The bytes, and whether the answer's type was `audio/wav` (or `audio/x-wav`).
    File {
        /// The whole body.
        bytes: Bytes,
        /// The type was right.
        is_wav_type: bool,
    },
    /// An HTTP status other than 200, or no answer (0).
    Failed(u16),
}
