//! What happens to a call. Each event that a notification brings has the name of the function that takes it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    hook::Answer,
    ids::{GraphCallId, OperationId, RecordingToken},
};
use crate::flow::{Key, Target};

/// Something happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Somebody rings.
    IncomingCall(Incoming),
    /// The call's state or its media changed.
    CallUpdated(Update),
    /// A key was pressed.
    ToneReceived(Tone),
    /// A prompt came to its end, played or not.
    PromptFinished(Finished),
    /// A recording came to its end.
    RecordingFinished(Recorded),
    /// Any other operation came to its end.
    OperationFinished(Finished),
    /// Who is in the call, whole.
    ParticipantsUpdated {
        /// Everyone in the call, the bot too.
        participants: Vec<Participant>,
        /// Orders the lists of a call; not every list has it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sequence: Option<i64>,
    },
    /// The call is over; nothing follows.
    CallEnded {
        /// Why, where Graph says so.
        result: Option<ResultInfo>,
    },
    /// The call is to be placed.
    Place,
    /// Something came on the callback URL of one of the requests by which the call was placed.
    OfTry {
        /// Which request, from 1.
        number: u8,
        /// Graph's id of the call that it tells of, where it has one.
        call: Option<GraphCallId>,
        /// What came.
        what: Box<Event>,
    },
    /// Whoever placed the call tells it something.
    Steered {
        /// What, as its flow names it.
        name: String,
        /// Values for variables of the flow.
        data: BTreeMap<String, String>,
    },
    /// Somebody has acknowledged the order that the call is part of.
    OrderAcknowledged {
        /// What they are called.
        by: String,
    },
    /// Whoever may wants the call to end.
    EndAsked,
    /// A time has come: the call looks at what is due.
    Wake,
    /// The switches were looked at: told before all else, and only where the flow looks at switches.
    SwitchesSeen {
        /// Those that are on, of those that the flow looks at.
        on: BTreeSet<String>,
    },
    /// An action that the call owed was tried.
    ActionSettled {
        /// The action's number.
        n: u32,
        /// What came of it.
        outcome: Outcome,
    },
    /// Whoever was acting for the call stopped without a word: each action owed before may have been tried.
    ActorLost {
        /// The first number that it cannot have tried.
        before: u32,
    },
}

impl Event {
    /// The name of the function that takes it; `None` for what no notification brings.
    pub fn function(&self) -> Option<&'static str> {
        match self {
            Self::IncomingCall(_) => Some("incoming_call"),
            Self::CallUpdated(_) => Some("call_updated"),
            Self::ToneReceived(_) => Some("tone_received"),
            Self::PromptFinished(_) => Some("prompt_finished"),
            Self::RecordingFinished(_) => Some("recording_finished"),
            Self::OperationFinished(_) => Some("operation_finished"),
            Self::ParticipantsUpdated { .. } => Some("participants_updated"),
            Self::CallEnded { .. } => Some("call_ended"),
            Self::Wake => Some("wake"),
            Self::Place
            | Self::OfTry { .. }
            | Self::Steered { .. }
            | Self::OrderAcknowledged { .. }
            | Self::EndAsked
            | Self::SwitchesSeen { .. }
            | Self::ActionSettled { .. }
            | Self::ActorLost { .. } => None,
        }
    }
}

/// Somebody rings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incoming {
    /// Graph's call id.
    pub call: GraphCallId,
    /// Who calls; `None` where Graph does not say.
    pub from: Option<Party>,
    /// Who is called: the bot, or a resource account of it.
    pub to: Option<Party>,
    /// A group call or meeting, not a call between two.
    pub is_group: bool,
}

/// Somebody at an end of the call, without their name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Graph's member of `identitySet` that names them: `user`, `phone`, `applicationInstance`, `application`, `guest`, `encrypted` ...
    pub kind: String,
    /// Their id there: an object id, a phone number.
    pub id: String,
}

impl From<&Target> for Party {
    fn from(target: &Target) -> Self {
        let (kind, id) = match target {
            Target::User(id) => ("user", id),
            Target::Phone(number) => ("phone", number),
            Target::ApplicationInstance(id) => ("applicationInstance", id),
        };
        Self { kind: kind.to_owned(), id: id.clone() }
    }
}

/// What a call notification says of the call's state; what it leaves out is `None`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Update {
    /// Graph's call id.
    pub call: Option<GraphCallId>,
    /// The state.
    pub state: Option<CallState>,
    /// `mediaState.audio` is active.
    pub audio_active: Option<bool>,
    /// How the last thing ended, e.g. a transfer that failed.
    pub result: Option<ResultInfo>,
}

/// Graph's `callState`. <https://learn.microsoft.com/graph/api/resources/call>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CallState {
    /// Rings.
    Incoming,
    /// Being set up.
    Establishing,
    /// Set up. Media may still be missing.
    Established,
    /// On hold.
    Hold,
    /// Being transferred.
    Transferring,
    /// The transfer was taken.
    TransferAccepted,
    /// Being redirected.
    Redirecting,
    /// Being ended.
    Terminating,
    /// Over.
    Terminated,
    /// A state that Graph had not when this was written.
    Unknown,
}

/// Graph's `resultInfo`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultInfo {
    /// Like an HTTP status; 0 also occurs.
    pub code: i64,
    /// The platform's own code; 0 where absent.
    pub subcode: i64,
    /// Graph's words, at most 200 characters.
    pub message: String,
}

/// A key press.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tone {
    /// Orders the tones of a call; does not begin at 1.
    pub sequence: i64,
    /// The key; `None` for `flash`, which no menu offers.
    pub key: Option<Key>,
}

/// An operation's end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finished {
    /// Graph's id of the operation.
    pub operation: Option<OperationId>,
    /// The number of our action, where the `clientContext` is one of ours.
    pub n: Option<u32>,
    /// It did what it was asked for. A prompt that was cancelled, or whose file could not be fetched, did not.
    pub completed: bool,
    /// Graph's result, where given.
    pub result: Option<ResultInfo>,
}

/// A recording's end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// The operation's end.
    #[serde(flatten)]
    pub finished: Finished,
    /// Where the recording can be fetched, for a short while; `None` where there is none.
    pub location: Option<String>,
    /// What opens it.
    pub token: Option<RecordingToken>,
}

/// Somebody in the call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Participant {
    /// Graph's id of the participant; `None` in some real notifications.
    pub id: Option<String>,
    /// Who it is.
    pub party: Option<Party>,
    /// Waits in the lobby.
    pub in_lobby: bool,
    /// Is muted for all others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_muted: bool,
}

/// What came of asking Graph for something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Graph took it.
    Done {
        /// The operation that now runs, where one does.
        operation: Option<OperationId>,
    },
    /// Graph has placed the call.
    Created {
        /// Graph's id of it.
        call: GraphCallId,
    },
    /// Graph looked and will not: asking again is of no use.
    Refused {
        /// The HTTP status.
        status: u16,
        /// Graph's error code, often the platform's subcode in digits.
        code: String,
        /// The call is gone: 404, or a code that says so.
        is_gone: bool,
    },
    /// Graph asks for patience: 429.
    Throttled {
        /// When to ask again.
        until: Timestamp,
    },
    /// Nobody knows: no reply, or 5xx.
    Unknown,
    /// Never sent, as no token could be had or nothing could be reached; it certainly had no effect.
    NotSent,
    /// The call was looked at.
    Found(Found),
    /// It was looked who is in the call.
    Listed {
        /// Everyone, the bot too.
        participants: Vec<Participant>,
        /// The number of the list, where it has one.
        sequence: Option<i64>,
    },
    /// A hook has answered.
    Answered(Answer),
    /// A recording was kept.
    Kept {
        /// Its length in milliseconds.
        ms: u32,
    },
}

impl Outcome {
    /// Its name, as traces and metrics have it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Done { .. } => "done",
            Self::Created { .. } => "created",
            Self::Refused { .. } => "refused",
            Self::Throttled { .. } => "throttled",
            Self::Unknown => "unknown",
            Self::NotSent => "not_sent",
            Self::Found(_) => "found",
            Self::Listed { .. } => "listed",
            Self::Answered(_) => "answered",
            Self::Kept { .. } => "kept",
        }
    }
}

/// What a look at the call found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// The call is there.
    Call(Update),
    /// There is no such call any more.
    Gone,
}
