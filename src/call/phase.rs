//! Where a call stands. Each variant holds exactly what is known there.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    digits::Digits,
    event::{Party, ResultInfo},
    ids::OperationId,
    placing::Reached,
    secrets::Sealed,
};

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
    /// The bot places it: it is asked for, rings, or is taken but cannot be heard yet.
    Placing {
        /// How far it has come.
        reached: Reached,
        /// When it is given up, or looked at where it is taken.
        until: Timestamp,
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
        /// How often they are played once more.
        #[serde(default)]
        left: u8,
    },
    /// A menu is offered.
    Menu {
        /// The `PlayPrompt` whose end means that no key was pressed.
        n: u32,
        /// The `PlayPrompt` that says the choices, where keys count only after its end.
        deaf_until: Option<u32>,
        /// What went wrong so far.
        attempts: Attempts,
    },
    /// Digits are collected.
    Collect {
        /// The `PlayPrompt` whose end means that no key, or no further key, was pressed.
        n: u32,
        /// The `PlayPrompt` that asks for the digits, where keys count only after its end.
        deaf_until: Option<u32>,
        /// What was typed so far.
        typed: Typed,
        /// When the last key was pressed.
        pressed_at: Option<Timestamp>,
        /// What went wrong so far.
        attempts: Attempts,
    },
    /// The caller is being recorded.
    Record {
        /// The `RecordResponse`.
        n: u32,
        /// The parts before it: the numbers of their `RecordResponse`s.
        #[serde(default)]
        parts: Vec<u32>,
        /// How much longer than this part it may be, in seconds.
        #[serde(default)]
        left_s: u16,
    },
    /// The caller may listen to what was said, say it again, or keep it.
    Review {
        /// The `PlayPrompt` whose end means that no key was pressed.
        n: u32,
        /// The recording's parts.
        parts: Vec<u32>,
        /// How often no key was pressed so far.
        failures: u8,
        /// How often a recording that is still being fetched was waited for, where the caller wants to listen to it.
        looks: Option<u8>,
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
    /// Keys are being sent to the other side.
    SendKeys {
        /// The `SendTones`.
        n: u32,
        /// Graph has not left open whether it sends them.
        is_sure: bool,
    },
    /// Somebody is being brought into the call.
    Invite {
        /// The `Invite`.
        n: u32,
        /// The one before it, of which nobody knows what became.
        before: Option<u32>,
        /// Who is rung.
        who: Party,
        /// Graph's id of what runs, once known.
        operation: Option<OperationId>,
        /// The `PlayPrompt` that plays meanwhile, while it does.
        prompt: Option<u32>,
        /// When it is no longer waited for.
        settled_by: Timestamp,
        /// They have taken it; the list of participants does not show them yet.
        has_come: bool,
    },
    /// Graph is asked for something that it does with somebody in the call.
    Moderate {
        /// The action.
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

/// How often an attempt went wrong in a step that asks for keys.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    /// No key was pressed.
    pub no_input: u8,
    /// What was pressed was not what the step asks for.
    pub no_match: u8,
}

impl Attempts {
    /// No key was pressed once more.
    pub(super) fn after_no_input(self) -> Self {
        Self { no_input: self.no_input.saturating_add(1), ..self }
    }

    /// What was pressed was wrong once more.
    pub(super) fn after_no_match(self) -> Self {
        Self { no_match: self.no_match.saturating_add(1), ..self }
    }
}

/// Digits that were typed so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Typed {
    /// As they are.
    Plain(Digits),
    /// A secret.
    Sealed(Sealed),
}

impl Default for Typed {
    fn default() -> Self {
        Self::Plain(Digits::default())
    }
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The caller, or the platform, ended it.
    CallerHungUp,
    /// Whom the bot called, or the platform, ended it.
    CalledHungUp,
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
    /// Whom the bot called declined.
    Declined,
    /// Whom the bot called was busy.
    Busy,
    /// Whom the bot called did not answer in time.
    NoAnswer,
    /// There was nobody to be rung.
    Unreachable,
    /// Nobody took the call that the bot placed; Graph did not say why.
    NotTaken,
    /// Graph did not place the call.
    NotPlaced,
    /// It was called off before anybody took it.
    CalledOff,
    /// Nobody said how: the call was no longer there.
    Gone,
}

impl Ending {
    /// Its name, as the API shows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::CallerHungUp => "caller_hung_up",
            Self::CalledHungUp => "called_hung_up",
            Self::BotHungUp => "bot_hung_up",
            Self::Transferred => "transferred",
            Self::Rejected => "rejected",
            Self::Redirected => "redirected",
            Self::Missed => "missed",
            Self::NotAnswered => "not_answered",
            Self::Declined => "declined",
            Self::Busy => "busy",
            Self::NoAnswer => "no_answer",
            Self::Unreachable => "unreachable",
            Self::NotTaken => "not_taken",
            Self::NotPlaced => "not_placed",
            Self::CalledOff => "called_off",
            Self::Gone => "gone",
        }
    }
}

impl Phase {
    /// Nothing more can happen but the keeping of recordings.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Ended { .. })
    }

    /// Keys count from now on, where they were not to count before the end of the action `n`.
    pub(super) fn hears_after(&mut self, n: u32) {
        let Self::InStep { at: At::Menu { deaf_until, .. } | At::Collect { deaf_until, .. }, .. } = self else { return };
        if *deaf_until == Some(n) {
            *deaf_until = None;
        }
    }

    /// Its name, as the API shows it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ringing { .. } => "ringing",
            Self::Placing { .. } => "placing",
            Self::InStep { .. } => "in_step",
            Self::HangingUp { .. } => "hanging_up",
            Self::Ended { .. } => "ended",
        }
    }
}
