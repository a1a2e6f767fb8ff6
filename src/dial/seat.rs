//! A seat in a meeting: which call of a flow has it, where the flow says how often its calls join one meeting.
//!
//! It is taken before the call's document is made, as a place in the tally is, and used within the time of that place, or not at all.
//! Whether it is free again is read from the document of the call that has it: so no word of an end can be lost.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::tally::{FORSAKEN_MS, HELD_MS};
use crate::{
    call::{CallKey, Ending, Meeting, Phase},
    clock::after_ms,
    flow::{Joins, hash::sha256_hex},
};

/// A seat that is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// By this call.
    pub call: CallKey,
    /// When.
    pub at: Timestamp,
}

/// How a seat stands for a call that needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// The call has it, since so lately that nobody else can have it yet.
    Ours,
    /// The call may take it.
    Free,
    /// Another call has it.
    Taken,
}

impl Seat {
    /// What the seat of a flow in a meeting is called: 32 hexadecimal digits.
    pub fn name(flow: &str, meeting: &Meeting) -> String {
        let which = match meeting {
            Meeting::Organised { thread, message, .. } => format!("thread {thread} {message}"),
            Meeting::Numbered { id, .. } => format!("id {id}"),
        };
        sha256_hex(format!("{flow} {which}").as_bytes())[..32].to_owned()
    }

    /// How it stands for a call, by where the call that has it stands; `None` where that has no document.
    pub fn stands(&self, call: &CallKey, its_call: Option<&Phase>, joins: Joins, now: Timestamp) -> Stands {
        match self.call == *call {
            true if now < after_ms(self.at, HELD_MS) => Stands::Ours,
            true => Stands::Free,
            false if self.is_free(its_call, joins, now) => Stands::Free,
            false => Stands::Taken,
        }
    }

    fn is_free(&self, its_call: Option<&Phase>, joins: Joins, now: Timestamp) -> bool {
        match its_call {
            None => after_ms(self.at, FORSAKEN_MS) <= now,
            Some(Phase::Ended { ending, .. }) => joins != Joins::Once || !was_in(*ending),
            Some(_) => false,
        }
    }
}

/// A call that ended so may have been in its meeting.
fn was_in(ending: Ending) -> bool {
    match ending {
        Ending::CallerHungUp | Ending::CalledHungUp | Ending::BotHungUp | Ending::Transferred | Ending::Gone => true,
        Ending::Rejected
        | Ending::Redirected
        | Ending::Missed
        | Ending::NotAnswered
        | Ending::Declined
        | Ending::Busy
        | Ending::NoAnswer
        | Ending::Unreachable
        | Ending::NotTaken
        | Ending::NotPlaced
        | Ending::CalledOff => false,
    }
}

#[cfg(test)]
mod tests;
