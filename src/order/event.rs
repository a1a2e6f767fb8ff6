//! What happens to an order.

use jiff::Timestamp;

use crate::call::{self, CallKey, Report};

/// Something happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A time has come: the order looks at what is due. The first one begins it.
    Wake,
    /// A call of it tells what it has come to.
    Told {
        /// Which call.
        call: CallKey,
        /// All that has come of it so far.
        report: Report,
    },
    /// Whoever may wants the order to end.
    StopAsked,
    /// Something that the order owed was tried.
    Settled {
        /// Its number.
        n: u32,
        /// What came of it.
        outcome: Outcome,
    },
}

impl Event {
    /// Its name, as traces have it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Wake => "wake",
            Self::Told { .. } => "told",
            Self::StopAsked => "stop_asked",
            Self::Settled { .. } => "settled",
        }
    }
}

/// What came of something that an order owed.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// It will never be done, for this reason.
    Refused(String),
    /// It may be done later: a limit is reached.
    PutOff {
        /// When to try again.
        until: Timestamp,
    },
    /// The call is there, and has come to this.
    Found(Report),
    /// There is no such call.
    Missing,
    /// A hook was told, or not.
    Sent(call::Outcome),
    /// Nobody knows, or something did not answer: again.
    Failed,
}
