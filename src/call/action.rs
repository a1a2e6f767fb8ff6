//! What a call asks for. Graph's own names for what Graph does.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    hook::{Facts, Hook},
    ids::{GraphCallId, OrderId, ParticipantId, RecordingToken},
};
use crate::flow::{Key, Target};

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Action {
    /// Places the call, or joins the meeting.
    CreateCall {
        /// How often it was asked for, this time included. Each has a callback URL of its own.
        number: u8,
        /// Prompts that Graph may fetch beforehand.
        prefetch: Vec<Sound>,
    },
    /// Ends the other one of two calls where one was wanted.
    HangUpTwin {
        /// Graph's id of it.
        call: GraphCallId,
    },
    /// Takes the call.
    Answer {
        /// Prompts that Graph may fetch beforehand.
        prefetch: Vec<Sound>,
    },
    /// Declines the call before it is answered.
    Reject {
        /// Why.
        reason: RejectReason,
    },
    /// Sends the call elsewhere before it is answered.
    Redirect {
        /// Who is to be rung, all at once; 1 to 25.
        targets: Vec<Target>,
        /// How long, in seconds; 15 to 90.
        timeout_s: u8,
    },
    /// Plays sounds in order, as one operation.
    PlayPrompt {
        /// 1 to 20.
        sounds: Vec<Sound>,
    },
    /// Plays a prompt and records what follows.
    RecordResponse {
        /// What is played first.
        prompt: Option<Sound>,
        /// A beep before the recording.
        beep: bool,
        /// The longest recording, in seconds; 1 to 120.
        longest_s: u8,
        /// The longest wait for the first word, in seconds; 1 to 120.
        first_silence_s: u8,
        /// The pause that ends it, in seconds; 1 to 120.
        silence_s: u8,
        /// Keys that end it.
        stop_keys: BTreeSet<Key>,
    },
    /// Asks to be told of key presses.
    SubscribeToTone,
    /// Stops what plays or records, and empties the queue.
    CancelMediaProcessing,
    /// Passes the call on.
    Transfer {
        /// To whom.
        to: Target,
    },
    /// Sends keys to the other side.
    SendTones {
        /// 1 to 64.
        keys: Vec<Key>,
        /// How long it is silent between two of them, in milliseconds.
        pause_ms: u16,
    },
    /// Asks somebody into the call.
    Invite {
        /// Whom.
        to: Target,
        /// Another call of the bot that they are in, which ends when they come.
        replaces: Option<GraphCallId>,
    },
    /// Removes somebody from the call.
    Remove {
        /// Whom.
        participant: ParticipantId,
    },
    /// Mutes somebody for all others.
    Mute {
        /// Whom; `None` is the bot itself.
        participant: Option<ParticipantId>,
    },
    /// Lets the bot be heard again.
    Unmute,
    /// Lets somebody hear music instead of the call.
    Hold {
        /// Whom.
        participant: ParticipantId,
        /// What they hear; Graph's own music where there is none.
        prompt: Option<Sound>,
    },
    /// Lets somebody hear the call again.
    Unhold {
        /// Whom.
        participant: ParticipantId,
    },
    /// Ends the call.
    HangUp,
    /// Tells Graph that somebody still attends to the call.
    KeepAlive,
    /// Looks at the call.
    GetCall,
    /// Looks who is in the call.
    ListParticipants,
    /// Fetches a recording and keeps it. Done apart from the others, which never wait for it.
    KeepRecording {
        /// The number of the `RecordResponse` that made it; names the file.
        recording: u32,
        /// Where it is.
        location: String,
        /// What opens it.
        token: RecordingToken,
    },
    /// Makes one recording, of this action's number, of several that were made one after the other. It waits until they are kept.
    JoinRecordings {
        /// The numbers of the recordings, in order.
        parts: Vec<u32>,
    },
    /// Removes recordings that the caller does not want. It waits until they are kept.
    ForgetRecordings {
        /// The numbers of the recordings.
        recordings: Vec<u32>,
    },
    /// Tells a server of the operator's own. Done apart from the others, like the keeping of recordings, and after it.
    Notify {
        /// Whom.
        hook: Hook,
        /// What has happened: the event's type.
        event: String,
        /// What is told.
        facts: Facts,
    },
    /// Tells the order that the call is part of what has come of it. Done apart from the others.
    TellOrder {
        /// Which order.
        order: OrderId,
    },
    /// Asks a server of the operator's own.
    Ask {
        /// Whom.
        hook: Hook,
        /// What is told.
        facts: Facts,
        /// How long the answer may take, in milliseconds; 500 to 20,000.
        within_ms: u32,
        /// Done apart from the others, since something plays meanwhile.
        is_apart: bool,
    },
}

pub use crate::flow::RejectReason;

/// Something that can be played.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sound {
    /// A prompt of the flow.
    Prompt {
        /// Its hash: the last part of its URL, and Graph's `resourceId`.
        sha256: String,
        /// How long it plays, in milliseconds.
        ms: u32,
    },
    /// What the caller has said in this call.
    Recording {
        /// The number of the recording.
        n: u32,
        /// How long it plays, in milliseconds.
        ms: u32,
    },
    /// Silence: the one timer that costs nothing, since its end is notified.
    Silence {
        /// 100 to 120,000 milliseconds.
        ms: u32,
    },
}

impl Sound {
    /// How long it plays, in milliseconds.
    pub fn ms(&self) -> u32 {
        match self {
            Self::Prompt { ms, .. } | Self::Recording { ms, .. } | Self::Silence { ms } => *ms,
        }
    }
}

/// An action that the call owes: in the document before it is tried, and until it is known what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Owed {
    /// Its number: never used twice in a call, and never for two deeds.
    pub n: u32,
    /// What is owed.
    pub action: Action,
    /// What is known of it.
    pub state: OwedState,
    /// Not to be tried before this instant, or being done by somebody until then.
    pub until: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: u8,
}

/// What is known of an action that is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwedState {
    /// Not done.
    Due,
    /// Perhaps done: look before trying it again.
    Doubtful,
}

/// How much longer than its length an operation may take before it is taken for ended, in milliseconds.
pub(super) const GRACE_MS: u64 = 10_000;

/// The longest that one key sounds, in milliseconds; Graph does not say.
const LONGEST_TONE_MS: u64 = 500;

impl Action {
    /// Its name, as the API and the journal show it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::CreateCall { .. } => "create_call",
            Self::HangUpTwin { .. } => "hang_up_twin",
            Self::Answer { .. } => "answer",
            Self::Reject { .. } => "reject",
            Self::Redirect { .. } => "redirect",
            Self::PlayPrompt { .. } => "play_prompt",
            Self::RecordResponse { .. } => "record_response",
            Self::SubscribeToTone => "subscribe_to_tone",
            Self::CancelMediaProcessing => "cancel_media_processing",
            Self::Transfer { .. } => "transfer",
            Self::SendTones { .. } => "send_tones",
            Self::Invite { .. } => "invite",
            Self::Remove { .. } => "remove",
            Self::Mute { .. } => "mute",
            Self::Unmute => "unmute",
            Self::Hold { .. } => "hold",
            Self::Unhold { .. } => "unhold",
            Self::HangUp => "hang_up",
            Self::KeepAlive => "keep_alive",
            Self::GetCall => "get_call",
            Self::ListParticipants => "list_participants",
            Self::KeepRecording { .. } => "keep_recording",
            Self::JoinRecordings { .. } => "join_recordings",
            Self::ForgetRecordings { .. } => "forget_recordings",
            Self::Notify { .. } => "notify",
            Self::TellOrder { .. } => "tell_order",
            Self::Ask { .. } => "ask",
        }
    }

    /// The recordings that must be kept before it is done.
    pub(super) fn recordings_needed(&self) -> &[u32] {
        match self {
            Self::JoinRecordings { parts: needed } | Self::ForgetRecordings { recordings: needed } => needed,
            _ => &[],
        }
    }

    /// The longest that what it begins can last, in milliseconds; 0 where nothing lasts.
    pub fn lasts_ms(&self) -> u64 {
        match self {
            Self::PlayPrompt { sounds } => sounds.iter().map(|sound| u64::from(sound.ms())).sum(),
            Self::SendTones { keys, pause_ms } => keys.len() as u64 * (LONGEST_TONE_MS + u64::from(*pause_ms)),
            Self::RecordResponse { prompt, longest_s, first_silence_s, .. } => {
                let asking = prompt.as_ref().map_or(0, |sound| u64::from(sound.ms()));
                asking + 1000 * (u64::from(*first_silence_s) + u64::from(*longest_s))
            }
            _ => 0,
        }
    }

    /// It says how something is to stand.
    pub(super) fn is_state(&self) -> bool {
        matches!(self, Self::Remove { .. } | Self::Mute { .. } | Self::Unmute | Self::Hold { .. } | Self::Unhold { .. })
    }

    /// What to do when nobody knows whether it happened.
    pub fn when_unknown(&self) -> WhenUnknown {
        match self {
            Self::PlayPrompt { .. } | Self::RecordResponse { .. } => WhenUnknown::BeginAgain,
            Self::Answer { .. } | Self::Reject { .. } | Self::Redirect { .. } | Self::Transfer { .. } => WhenUnknown::LookFirst,
            Self::CreateCall { .. } | Self::Invite { .. } => WhenUnknown::AwaitWord,
            Self::SendTones { .. } => WhenUnknown::Leave,
            // Each says how something is to stand, so that twice is as good as once.
            Self::Remove { .. }
            | Self::Mute { .. }
            | Self::Unmute
            | Self::Hold { .. }
            | Self::Unhold { .. }
            | Self::SubscribeToTone
            | Self::CancelMediaProcessing
            | Self::KeepAlive
            | Self::HangUp
            | Self::HangUpTwin { .. }
            | Self::GetCall
            | Self::ListParticipants
            | Self::KeepRecording { .. }
            | Self::JoinRecordings { .. }
            | Self::ForgetRecordings { .. }
            | Self::Notify { .. }
            | Self::TellOrder { .. }
            | Self::Ask { .. } => WhenUnknown::Repeat,
        }
    }
}

/// What to do when nobody knows whether an action happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenUnknown {
    /// Cancel what may be running and begin again under a new number; the end of the old one says nothing.
    BeginAgain,
    /// Look at the call, and do it only if the call has not moved.
    LookFirst,
    /// Wait for a notification of what may have come of it, and ask again only if there is none.
    AwaitWord,
    /// Never ask again: twice is worse than not at all.
    Leave,
    /// Doing it twice does no harm.
    Repeat,
}
