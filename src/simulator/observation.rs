//! What a bystander sees and hears of the calls, in order.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One thing that happened in one call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Observation {
    /// When.
    pub at: Timestamp,
    /// The call's id, lower case with dashes; the id asked for where no such call exists.
    pub call: String,
    /// What.
    pub what: Seen,
}

/// What can happen in a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Seen {
    /// Someone rings the bot.
    Rang {
        /// The caller's name, or the number.
        caller: String,
    },
    /// The bot places a call.
    Placed {
        /// The ids or numbers of those it is for; the subject or thread of a meeting.
        to: Vec<String>,
    },
    /// Somebody's telephone rings, for a call that the bot places.
    Ringing {
        /// The id or number of the person.
        to: String,
    },
    /// The person took the call that the bot places.
    Taken {
        /// The id or number of the person.
        by: String,
    },
    /// The person did not take it.
    NotTaken {
        /// The id or number of the person.
        to: String,
        /// Why.
        why: NotTaken,
    },
    /// The bot answered.
    Answered,
    /// The call stands and audio flows.
    Connected,
    /// The bot declined.
    Rejected {
        /// `none`, `busy` or `forbidden`.
        reason: String,
    },
    /// The bot sent the call elsewhere before answering.
    Redirected {
        /// The ids of those it was sent to.
        to: Vec<String>,
    },
    /// A prompt can be heard.
    PromptBegan {
        /// Its name: the caption's, else the file's.
        name: String,
        /// What is said; empty if no caption is known.
        words: String,
        /// Lower-case hex SHA-256 of the file.
        sha256: String,
        /// Its length in milliseconds.
        ms: u64,
        /// Nothing but zeros.
        silence: bool,
    },
    /// A prompt is over.
    PromptEnded {
        /// Its name.
        name: String,
        /// Heard to its end; `false` if it was cut.
        completed: bool,
    },
    /// The caller pressed a key.
    Pressed {
        /// `0` to `9`, `*` or `#`.
        key: char,
        /// Whether the bot is told; it is not before it has subscribed.
        sent: bool,
    },
    /// The caller began to speak.
    Spoke {
        /// For how long.
        seconds: u64,
    },
    /// A recording began, after its prompt and beep.
    RecordingBegan,
    /// A recording is over.
    RecordingEnded {
        /// Whole seconds recorded.
        seconds: u64,
        /// Why it ended.
        why: RecordingEnd,
    },
    /// The bot had numbers dialled to the caller.
    TonesSent {
        /// How many.
        count: usize,
    },
    /// The bot asked for a transfer.
    TransferAsked {
        /// The id or number of the person.
        to: String,
    },
    /// The person took the transferred call.
    TransferAnswered {
        /// The id or number of the person.
        to: String,
    },
    /// The person declined the transferred call; it came back.
    TransferDeclined {
        /// The id or number of the person.
        to: String,
    },
    /// The person did not react to the transferred call; it came back.
    TransferIgnored {
        /// The id or number of the person.
        to: String,
    },
    /// The call is over.
    Ended {
        /// Who ended it.
        by: EndedBy,
        /// The `code` of the last notification's `resultInfo`.
        code: u16,
        /// Its `subcode`.
        subcode: u32,
        /// Its `message`.
        message: String,
    },
    /// Graph refused a request of the bot.
    Refused {
        /// The route's name, e.g. `playPrompt`.
        action: String,
        /// The HTTP status.
        status: u16,
        /// The `code` of the error.
        code: String,
    },
    /// The bot refused a notification for good, or could not be reached any more.
    Undelivered {
        /// The HTTP status; 0 if there was no answer.
        status: u16,
    },
    /// The platform was unkind.
    Mishap {
        /// How, in a few words.
        kind: String,
    },
}

/// Who ended a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    /// The caller hung up, or the person whom the bot called.
    #[serde(alias = "person")]
    Caller,
    /// The bot deleted the call.
    Bot,
    /// A transfer reached its person.
    Transfer,
    /// The bot declined it.
    Rejected,
    /// The bot sent it elsewhere unanswered.
    Redirected,
    /// The platform, for a deadline that the bot missed.
    Platform,
    /// None of those whom the bot called took the call.
    NotTaken,
}

/// Why somebody did not take a call that the bot placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotTaken {
    /// They declined.
    Declined,
    /// They were in another call.
    Busy,
    /// They were rung for as long as anyone is.
    NoAnswer,
    /// No telephone of theirs could be rung.
    Unreachable,
}

/// Why a recording ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingEnd {
    /// Nobody spoke; nothing is kept.
    InitialSilence,
    /// The speaker had fallen silent.
    MaxSilence,
    /// A stop tone was pressed.
    StopTone,
    /// It reached its longest length.
    MaxDuration,
    /// The bot cancelled it; nothing is kept.
    Cancelled,
    /// The call ended or was handed on; nothing is kept.
    CallEnded,
}
