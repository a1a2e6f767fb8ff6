//! What is shown of a call. No secret, no key press, no name, no number.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    call::{Call, Direction, Ending, Entry, GraphCallId, OwedState, Phase, Reached},
    flow::Target,
};

/// A call, as the API shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CallView<'a> {
    id: &'a str,
    graph_call_id: Option<String>,
    tenant_id: &'a str,
    direction: Direction,
    created: Timestamp,
    flow: &'a str,
    flow_version: &'a str,
    phase: &'static str,
    step: Option<&'a str>,
    outcome: Option<Ending>,
    variables: &'a BTreeMap<String, String>,
    owed: Vec<OwedView>,
    recordings: Vec<RecordingView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    placing: Option<PlacingView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    journal: Option<Vec<&'a Entry>>,
}

#[derive(Debug, Serialize)]
struct OwedView {
    n: u32,
    kind: &'static str,
    state: OwedState,
    until: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
struct RecordingView {
    n: u32,
    seconds: f64,
}

/// What is known of a call that the bot places.
#[derive(Debug, Serialize)]
struct PlacingView {
    /// Whom it rings, by kind.
    targets: Vec<&'static str>,
    /// It joins a meeting.
    meeting: bool,
    /// How long it is waited for somebody to take it, in seconds.
    ring: u16,
    /// How often Graph was asked for it.
    tries: usize,
    /// How far it has come, until somebody can be heard.
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

fn kind(target: &Target) -> &'static str {
    match target {
        Target::User(_) => "user",
        Target::Phone(_) => "phone",
        Target::ApplicationInstance(_) => "applicationInstance",
    }
}
