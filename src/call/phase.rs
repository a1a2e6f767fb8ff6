//! Where a call stands. Each variant holds exactly what is known there.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::event::ResultInfo;

/// Where a call stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum Phase {
    /// Rings, or is answered but cannot be heard yet.
    Ringing {
        /// When the call is looked at, should nobody say that it can be heard.
        audible_by: Timestamp,
        /// The step that begins then; `None` until it is decided to take the call.
        #[serde(default)]
        first: Option<String>,
        /// The outcome that led to it, where a step before it did.
        #[serde(default)]
        by: Option<String>,
    },
    /// In a step of its flow.
    InStep {
        /// The step's name.
        step: String,
        /// What is going on in it.
        at: At,
    },
    /// Ending: the bot has asked for it, or Graph has said that it comes.
    HangingUp {
        /// When the call is looked at, should nobody say that it has ended.
        ended_by: Timestamp,
        /// How it will have ended, unless Graph says otherwise.
        ending: Ending,
    },
    /// Over.
    Ended {
        /// Since when.
        at: Timestamp,
        /// How.
        ending: Ending,
        /// Graph's reason, where it gave one.
        result: Option<ResultInfo>,
    },
}

/// What is going on in a step. The numbers are those of the actions whose ends it waits for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "snake_case")]
pub enum At {
    /// Prompts are playing.
    Play {
        /// The `PlayPrompt`.
        n: u32,
    },
    /// A menu is offered.
    Menu {
        /// The `PlayPrompt` whose end means that no key was pressed.
        n: u32,
        /// The `PlayPrompt` that says the choices, where keys count only after its end.
        deaf_until: Option<u32>,
        /// How often no key was pressed so far.
        no_input: u8,
        /// How often a key was pressed that is not offered.
        no_match: u8,
    },
    /// The caller is being recorded.
    Record {
        /// The `RecordResponse`.
        n: u32,
    },
    /// Digits or a number are being said.
    Say {
        /// The last `PlayPrompt`.
        n: u32,
    },
    /// A hook is being asked.
    Ask {
        /// The `Ask`.
        n: u32,
        /// The `PlayPrompt` that plays meanwhile, while it does.
        prompt: Option<u32>,
        /// When an answer is no longer waited for.
        answer_by: Timestamp,
        /// The step that the answer leads to, once what plays has ended.
        then: Option<String>,
    },
    /// Time passes.
    Wait {
        /// The `PlayPrompt` of silence.
        n: u32,
    },
    /// The call is being sent elsewhere, unanswered.
    Redirect {
        /// The `Redirect`.
        n: u32,
        /// When the call is looked at, should nobody say how it went.
        settled_by: Timestamp,
    },
    /// The call is being passed on.
    Transfer {
        /// The `Transfer`.
        n: u32,
        /// Somebody has taken the call.
        accepted: bool,
        /// When the call is looked at, should nobody say how it went.
        settled_by: Timestamp,
    },
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The caller, or the platform, ended it.
    CallerHungUp,
    /// The bot ended it, as its flow says.
    BotHungUp,
    /// It was passed on.
    Transferred,
    /// It was declined.
    Rejected,
    /// It was sent elsewhere, unanswered.
    Redirected,
    /// The notification came too late for an answer.
    Missed,
    /// The platform did not let the bot take it.
    NotAnswered,
    /// Nobody said how: the call was no longer there.
    Gone,
}

impl Phase {
    /// Nothing more can happen but the keeping of recordings.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Ended { .. })
    }

    /// Its name, as the API shows it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ringing { .. } => "ringing",
            Self::InStep { .. } => "in_step",
            Self::HangingUp { .. } => "hanging_up",
            Self::Ended { .. } => "ended",
        }
    }
}
