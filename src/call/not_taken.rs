//! Why nobody took a call, as far as Graph's result codes are plain.

use super::event::ResultInfo;

/// Why nobody took a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotTaken {
    Busy,
    Declined,
    NoAnswer,
    NotFound,
    /// The code does not say.
    Unsaid,
}

impl From<Option<&ResultInfo>> for NotTaken {
    /// Graph documents but two codes of a transfer, 500/7000 and 500/7700, which say nothing; the others are the calling platform's:
    /// <https://learn.microsoft.com/azure/communication-services/resources/troubleshooting/voice-video-calling/troubleshooting-codes>
    fn from(result: Option<&ResultInfo>) -> Self {
        match result.map(|result| (result.code, result.subcode)) {
            Some((486, _) | (_, 560_486)) => Self::Busy,
            Some((603, _)) => Self::Declined,
            Some((408, _) | (487, 10_004)) => Self::NoAnswer,
            Some((404, _) | (480, 10_037)) => Self::NotFound,
            _ => Self::Unsaid,
        }
    }
}
