//! What an order owes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::call::{CallKey, Hook};

/// Something to be done. Each may be done twice without harm: a call is placed under a key of its own, and a hook knows a notice again
/// by its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Deed {
    /// Rings somebody.
    Place {
        /// The key of the call.
        call: CallKey,
    },
    /// Tells a call that the order is acknowledged. One that nobody has taken is ended.
    Tell {
        /// Which call.
        call: CallKey,
        /// What whoever acknowledged is called.
        by: String,
    },
    /// Ends a call.
    End {
        /// Which call.
        call: CallKey,
    },
    /// Looks what has come of a call of which nothing was heard for long.
    Look {
        /// Which call.
        call: CallKey,
    },
    /// Tells a server of the operator's own.
    Notify {
        /// Whom.
        hook: Hook,
        /// What has happened: the event's type.
        event: String,
        /// When.
        at: Timestamp,
        /// What is told, as it was then.
        data: Value,
    },
}

impl Deed {
    /// Its name, as the API and logs show it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Place { .. } => "place",
            Self::Tell { .. } => "tell",
            Self::End { .. } => "end",
            Self::Look { .. } => "look",
            Self::Notify { .. } => "notify",
        }
    }

    /// The call that it is about.
    pub fn call(&self) -> Option<&CallKey> {
        match self {
            Self::Place { call } | Self::Tell { call, .. } | Self::End { call } | Self::Look { call } => Some(call),
            Self::Notify { .. } => None,
        }
    }
}

/// Something that an order owes: in the document before it is tried, and until it is known what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Owed {
    /// Its number: never used twice in an order.
    pub n: u32,
    /// What is owed.
    pub deed: Deed,
    /// Not to be tried before this instant.
    pub until: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: u8,
}
