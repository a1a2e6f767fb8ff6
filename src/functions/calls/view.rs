//! What is shown of a call. No secret, no key press, no name, no number.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    call::{Call, Direction, Ending, Entry, GraphCallId, Member, OwedState, Phase, Reached},
    dial::journal::Refused,
    flow::Target,
    graph::meaning::meaning,
};

/// Calls, as they are listed.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Calls")]
pub struct Listed<'a> {
    /// The calls, the newest first, without their journals.
    pub calls: Vec<CallView<'a>>,
    /// What the next page is asked for with, as `page`; null where there is none.
    pub next: Option<String>,
}

/// What the limits on calling out did not let the bot place.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Refusals {
    /// The last hundred, the latest first.
    pub refusals: Vec<Refused>,
}

/// A call, as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Call")]
pub struct CallView<'a> {
    /// Our id of it.
    id: &'a str,
    /// Graph's id of it, once known.
    graph_call_id: Option<String>,
    /// The tenant whose call it is.
    tenant_id: &'a str,
    /// Who began it: `incoming` or `outgoing`.
    #[schemars(with = "String")]
    direction: Direction,
    /// When it was made.
    #[schemars(with = "String", extend("format" = "date-time"))]
    created: Timestamp,
    /// The order that it is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<&'a str>,
    /// Its flow.
    flow: &'a str,
    /// The version of its flow.
    flow_version: &'a str,
    /// Where it stands: `placing`, `ringing`, `in_step`, `hanging_up` or `ended`.
    phase: &'static str,
    /// The step that it is in.
    step: Option<&'a str>,
    /// How it ended.
    #[schemars(with = "Option<String>")]
    outcome: Option<Ending>,
    /// Graph's codes of its end, where it gave some.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<ResultView>,
    /// Everyone in the call of whom Graph has told, the bot too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    participants: Vec<ParticipantView<'a>>,
    /// The variables of its flow.
    variables: &'a BTreeMap<String, String>,
    /// What the bot has yet to do about it.
    owed: Vec<OwedView>,
    /// Its recordings.
    recordings: Vec<RecordingView>,
    /// Of a call that the bot places: whom it rings, and how far that has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    placing: Option<PlacingView>,
    /// What happened, the oldest first; not where calls are listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<EntryView>>")]
    journal: Option<Vec<&'a Entry>>,
}

/// Why a call ended, as Graph has it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Result")]
struct ResultView {
    /// The code, much like a status of HTTP or SIP.
    code: i64,
    /// The code that says more.
    subcode: i64,
    /// What they say, where that is known.
    meaning: Option<&'static str>,
}

/// Somebody in a call.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Participant")]
struct ParticipantView<'a> {
    /// What they are, in Graph's word: `user`, `phone`, `application` and others; null where Graph does not say.
    kind: Option<&'a str>,
    /// Waits in the lobby.
    is_in_lobby: bool,
    /// Is muted for all others.
    is_muted: bool,
}

/// Something that the bot has yet to do.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Owed")]
struct OwedView {
    /// Its number within the call.
    n: u32,
    /// What it is.
    kind: &'static str,
    /// Whether it was tried.
    #[schemars(with = "String")]
    state: OwedState,
    /// Until when it waits.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    until: Option<Timestamp>,
}

/// A recording.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Recording")]
struct RecordingView {
    /// The number of the action that made it, and its name at `/api/calls/{id}/recordings/{n}`.
    n: u32,
    /// Its length.
    seconds: f64,
}

/// A line of the journal, for the schema.
#[derive(JsonSchema)]
#[schemars(rename = "Entry")]
#[expect(dead_code, reason = "it describes what `Entry` writes")]
struct EntryView {
    /// When.
    #[schemars(with = "String", extend("format" = "date-time"))]
    at: Timestamp,
    /// The event's, the action's or the step's name.
    kind: String,
    /// The number of the action that it is about.
    n: Option<u32>,
    /// What came of it.
    result: String,
    /// The outcome of the step before that led to a step.
    by: Option<String>,
}

/// What is known of a call that the bot places.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Placing")]
struct PlacingView {
    /// Whom it rings, by kind.
    targets: Vec<&'static str>,
    /// It joins a meeting.
    meeting: bool,
    /// How long it is waited for somebody to take it, in seconds.
    ring: u16,
    /// How often Graph was asked for it.
    tries: usize,
    /// How far it has come, until somebody can be heard: `asked`, `rings` or `taken`.
    #[schemars(with = "Option<String>")]
    reached: Option<Reached>,
}

/// A call, as it is shown.
pub(super) fn view(call: &Call) -> CallView<'_> {
    CallView {
        id: call.key.as_str(),
        graph_call_id: call.graph_id.as_ref().map(GraphCallId::in_url),
        tenant_id: &call.tenant,
        direction: call.direction,
        created: call.created,
        order: call.part_of.as_ref().map(|part| part.order.as_str()),
        flow: &call.flow,
        flow_version: &call.flow_version,
        phase: call.phase.name(),
        step: match &call.phase {
            Phase::InStep { step, .. } => Some(step),
            _ => None,
        },
        outcome: match &call.phase {
            Phase::Ended { ending, .. } => Some(*ending),
            _ => None,
        },
        result: match &call.phase {
            Phase::Ended { result: Some(result), .. } => {
                Some(ResultView { code: result.code, subcode: result.subcode, meaning: meaning(result.code, result.subcode) })
            }
            _ => None,
        },
        participants: call.company.roster.iter().map(participant).collect(),
        variables: &call.variables,
        owed: call
            .owed
            .iter()
            .map(|owed| OwedView { n: owed.n, kind: owed.action.kind(), state: owed.state, until: owed.until })
            .collect(),
        recordings: call
            .recordings
            .iter()
            .map(|kept| RecordingView { n: kept.n, seconds: f64::from(kept.ms) / 1000.0 })
            .collect(),
        placing: call.placing.as_ref().map(|placing| PlacingView {
            targets: placing.targets.iter().map(kind).collect(),
            meeting: placing.meeting.is_some(),
            ring: placing.ring_s,
            tries: placing.tries.len(),
            reached: match &call.phase {
                Phase::Placing { reached, .. } => Some(*reached),
                _ => None,
            },
        }),
        journal: Some(call.journal.entries().collect()),
    }
}

impl CallView<'_> {
    /// The same, as one of many.
    pub(super) fn without_journal(self) -> Self {
        Self { journal: None, ..self }
    }
}

fn participant(member: &Member) -> ParticipantView<'_> {
    ParticipantView {
        kind: member.party.as_ref().map(|party| party.kind.as_str()),
        is_in_lobby: member.in_lobby,
        is_muted: member.is_muted,
    }
}

fn kind(target: &Target) -> &'static str {
    match target {
        Target::User(_) => "user",
        Target::Phone(_) => "phone",
        Target::ApplicationInstance(_) => "applicationInstance",
    }
}
