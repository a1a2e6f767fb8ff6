//! The call document: all that is known of one call. One item in the store.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    action::{Action, GRACE_MS, Owed, OwedState, Sound},
    event::Party,
    ids::{CallKey, CallbackSecret, GraphCallId, OperationId},
    journal::Journal,
    order::PartOf,
    phase::{At, Ending, Phase},
    placing::Placing,
    roster::Company,
    stop_key::StopKey,
    verbs::given_up_at,
};

/// How many tones are remembered, so that one told twice counts once.
const TONES_REMEMBERED: usize = 64;

/// How long after the answer a call is expected to be audible, in milliseconds.
pub const AUDIBLE_WITHIN_MS: u64 = 20_000;

/// How often Graph is told that somebody still attends to the call, in milliseconds. 15 minutes are recommended, 45 the limit:
/// <https://learn.microsoft.com/graph/api/call-keepalive>
pub const KEEP_ALIVE_EVERY_MS: u64 = 15 * 60_000;

/// How long the bot stays when everyone else has left, in milliseconds.
pub const ALONE_FOR_MS: u64 = 30_000;

/// One call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// The document's id.
    pub key: CallKey,
    /// The unguessable part of the call's callback URL.
    pub secret: CallbackSecret,
    /// Graph's id, once known.
    pub graph_id: Option<GraphCallId>,
    /// The tenant whose call it is; tokens for Graph come from it.
    pub tenant: String,
    /// Who began it.
    pub direction: Direction,
    /// Who calls.
    pub from: Option<Party>,
    /// Who is called.
    pub to: Option<Party>,
    /// The flow's name.
    pub flow: String,
    /// The flow's version, for the call's whole life.
    pub flow_version: String,
    /// The flow that it has gone on with; `None` in the one that it began with.
    #[serde(default)]
    pub inside: Option<String>,
    /// Where it stands.
    pub phase: Phase,
    /// The flow's variables.
    pub variables: BTreeMap<String, String>,
    /// The language that was chosen; `None` is the flow's first.
    #[serde(default)]
    pub language: Option<String>,
    /// The switches that are on, of those that the flow looks at, as they were last seen.
    #[serde(default)]
    pub switches: BTreeSet<String>,
    /// Sequence ids of the last tones.
    pub tones: VecDeque<i64>,
    /// The tone that left the last step: older ones say nothing any more.
    pub last_choice: Option<i64>,
    /// What is known of the key that ends a recording.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_key: Option<StopKey>,
    /// The menus on the way to where the call stands, the first one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub menus: Vec<String>,
    /// What runs at Graph and will be said to have ended.
    pub operations: Vec<Operation>,
    /// Prompts or recordings that failed one after the other.
    pub failures: u8,
    /// Who else is there.
    pub company: Company,
    /// What is to be done, in number order.
    pub owed: Vec<Owed>,
    /// The next action's number.
    pub next_n: u32,
    /// Who performs what is owed.
    pub acting: Option<Acting>,
    /// When Graph is next told that the call is attended to; `None` before it is answered and when it is over.
    pub keep_alive_at: Option<Timestamp>,
    /// When the call is ended, however it stands.
    pub ends_by: Timestamp,
    /// How long the document is kept after the end, in seconds.
    pub kept_for_s: u32,
    /// Recordings that were kept.
    pub recordings: Vec<Kept>,
    /// Recordings that the caller did not want. Their ends may be told again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forgotten: Vec<u32>,
    /// The step with a recording that the end of the call has cut off, and of which nothing has come yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_off_in: Option<String>,
    /// What is known of a call that the bot places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placing: Option<Placing>,
    /// The order that it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<PartOf>,
    /// What happened.
    pub journal: Journal,
    /// When the document was made.
    pub created: Timestamp,
}

/// Who began a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Somebody called the bot.
    Incoming,
    /// The bot called.
    Outgoing,
}

impl Direction {
    /// How a call ended that neither the bot nor its flow ended.
    pub(super) fn hung_up(self) -> Ending {
        match self {
            Self::Incoming => Ending::CallerHungUp,
            Self::Outgoing => Ending::CalledHungUp,
        }
    }
}

/// Something that runs at Graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// The number of the action that began it; its `clientContext` says so too.
    pub n: u32,
    /// Graph's id, once known.
    pub id: Option<OperationId>,
    /// When it is taken for ended, should nobody say so.
    pub expected_by: Timestamp,
    /// What was asked for, so that it can be begun again.
    pub action: Action,
}

/// Who performs what a call owes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acting {
    /// The turn.
    pub turn: String,
    /// Until when it may act. After that somebody else does.
    pub until: Timestamp,
}

/// A recording that was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The number of the action that made it.
    pub n: u32,
    /// Its length in milliseconds.
    pub ms: u32,
    /// The recordings that it was made of; none where it is as it was made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<u32>,
}

impl Call {
    /// The first instant at which the call must be looked at even if nothing happens; `None` when there is none any more.
    pub fn due_at(&self) -> Option<Timestamp> {
        let of_phase = match &self.phase {
            Phase::Ringing { audible_by, .. } => Some(*audible_by),
            Phase::InStep { at: At::Transfer { settled_by, .. } | At::Redirect { settled_by, .. }, .. } => Some(*settled_by),
            Phase::InStep { at: At::Ask { answer_by, .. }, .. } => Some(given_up_at(*answer_by)),
            Phase::InStep { at: At::Invite { settled_by, .. }, .. } => Some(*settled_by),
            Phase::InStep { .. } => None,
            Phase::Placing { until, .. } => Some(*until),
            Phase::HangingUp { ended_by, .. } => Some(*ended_by),
            Phase::Ended { .. } => return self.owed.iter().map(|owed| self.owed_at(owed)).min(),
        };
        let alone = self.company.alone_since.map(|since| later(since, ALONE_FOR_MS));
        let owed = self.owed.iter().map(|owed| self.owed_at(owed));
        let operations = self.operations.iter().map(|operation| operation.expected_by);
        owed.chain(operations)
            .chain(of_phase)
            .chain(alone)
            .chain(self.company.look_at)
            .chain(self.keep_alive_at)
            .chain([self.ends_by])
            .min()
    }

    /// When the document is to be forgotten; `None` while the call lives.
    pub fn expires_at(&self) -> Option<Timestamp> {
        match &self.phase {
            Phase::Ended { at, .. } => Some(later(*at, u64::from(self.kept_for_s) * 1000)),
            _ => None,
        }
    }

    /// The first thing owed to Graph that may be tried now. Nothing overtakes one that has to wait.
    pub fn next_request(&self, now: Timestamp) -> Option<&Owed> {
        self.requests().next().filter(|owed| owed.until.is_none_or(|until| until <= now))
    }

    /// What is owed to Graph, in number order.
    pub fn requests(&self) -> impl Iterator<Item = &Owed> {
        self.owed.iter().filter(|owed| !owed.is_apart())
    }

    /// What is to be done apart from Graph and nobody is doing now. A notice waits for the recordings before it: whoever is told of
    /// one may fetch it at once.
    pub fn apart_to_do(&self, now: Timestamp) -> impl Iterator<Item = &Owed> {
        let first_recording = self.owed.iter().filter(|owed| owed.is_recording()).map(|owed| owed.n).min();
        let waits = move |owed: &Owed| owed.is_notice() && first_recording.is_some_and(|n| n < owed.n);
        let may_be_done = move |owed: &&Owed| owed.is_apart() && !waits(owed) && owed.until.is_none_or(|until| until <= now);
        self.owed.iter().filter(may_be_done).filter(|owed| !self.fetches_any(owed.action.recordings_needed()))
    }

    /// What is to be done with this recording is known.
    pub(super) fn knows_recording(&self, n: u32) -> bool {
        let is_part = |parts: &[u32]| parts.contains(&n);
        let is_owed = self.owed.iter().any(|owed| match &owed.action {
            Action::KeepRecording { recording, .. } => *recording == n,
            _ => false,
        });
        let is_kept = self.recordings.iter().any(|kept| kept.n == n || is_part(&kept.parts));
        is_owed || is_kept || is_part(&self.forgotten)
    }

    /// One of these recordings is still to be fetched.
    fn fetches_any(&self, recordings: &[u32]) -> bool {
        let is_meant =
            |owed: &Owed| matches!(&owed.action, Action::KeepRecording { recording, .. } if recordings.contains(recording));
        self.owed.iter().any(is_meant)
    }

    /// Nobody has taken the call yet, nor is it certain that nobody will: it listens at the registered webhook.
    pub fn is_untaken(&self) -> bool {
        let is_rejected = self.owed.iter().any(|owed| matches!(owed.action, Action::Reject { .. }));
        matches!(self.phase, Phase::Ringing { .. } | Phase::InStep { at: At::Redirect { .. }, .. }) || is_rejected
    }

    /// Somebody's time to act is not over.
    pub fn has_actor(&self, now: Timestamp) -> bool {
        self.acting.as_ref().is_some_and(|acting| acting.until > now)
    }

    /// Takes up a new action.
    pub(super) fn owe(&mut self, action: Action) -> u32 {
        let n = self.next_n;
        self.next_n += 1;
        self.owed.push(Owed { n, action, state: OwedState::Due, until: None, attempts: 0 });
        n
    }

    /// Takes up an action whose end Graph will notify. It plays or records when all before it have ended.
    pub(super) fn begin(&mut self, action: Action, now: Timestamp) -> u32 {
        let queued_ms: u64 = self.operations.iter().map(|operation| operation.action.lasts_ms()).sum();
        let expected_by = later(now, queued_ms + action.lasts_ms() + GRACE_MS);
        let n = self.owe(action.clone());
        self.operations.push(Operation { n, id: None, expected_by, action });
        n
    }

    /// Whether the action is still owed.
    pub(super) fn owes(&self, n: u32) -> bool {
        self.owed.iter().any(|owed| owed.n == n)
    }

    /// Whether this tone is told for the first time.
    pub(super) fn remembers_no(&mut self, sequence: i64) -> bool {
        let is_new = !self.tones.contains(&sequence);
        if is_new {
            self.tones.push_back(sequence);
            if self.tones.len() > TONES_REMEMBERED {
                self.tones.pop_front();
            }
        }
        is_new
    }

    fn owed_at(&self, owed: &Owed) -> Timestamp {
        let free = self.acting.as_ref().filter(|_| !owed.is_apart()).map(|acting| acting.until);
        owed.until.or(free).unwrap_or(self.created)
    }
}

impl Owed {
    /// It is done apart from what is asked of Graph, which never waits for it.
    pub(super) fn is_apart(&self) -> bool {
        self.outlives_the_call() || matches!(self.action, Action::Ask { is_apart: true, .. })
    }

    /// It is done even when the call is over.
    pub(super) fn outlives_the_call(&self) -> bool {
        self.is_recording() || self.is_notice() || matches!(self.action, Action::TellOrder { .. })
    }

    /// It is about recordings.
    pub(super) fn is_recording(&self) -> bool {
        matches!(self.action, Action::KeepRecording { .. } | Action::JoinRecordings { .. } | Action::ForgetRecordings { .. })
    }

    fn is_notice(&self) -> bool {
        matches!(self.action, Action::Notify { .. })
    }
}

impl Operation {
    /// It records.
    pub(super) fn is_recording(&self) -> bool {
        matches!(self.action, Action::RecordResponse { .. })
    }
}

impl Sound {
    /// A flow's prompt.
    pub(super) fn of(prompt: &crate::flow::Prompt) -> Self {
        Self::Prompt { sha256: prompt.sha256.clone(), ms: prompt.ms }
    }
}

/// `instant` and some milliseconds; the end of time where that would be beyond it.
pub(super) fn later(instant: Timestamp, ms: u64) -> Timestamp {
    let ms = i64::try_from(ms).unwrap_or(i64::MAX);
    instant.saturating_add(SignedDuration::from_millis(ms)).unwrap_or(Timestamp::MAX)
}
