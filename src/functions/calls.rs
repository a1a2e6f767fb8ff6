//! `calls`: looking at calls.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use warp::{
    Reply,
    http::{HeaderMap, Method, StatusCode},
    reply::{Json, Response, WithStatus, json, with_status},
};

use crate::{
    app::App,
    call::{Call, CallKey, Direction, Ending, Entry, OwedState, Phase},
    media::audio::respond,
    store::{Page, StoreError},
};

/// The most calls listed at once, and how many are when nothing is asked.
const LONGEST_PAGE: usize = 100;

/// What `GET /api/calls` may be asked.
#[derive(Debug, Clone, Deserialize)]
pub struct Query {
    /// At most so many calls; 1 to 100, default 100.
    limit: Option<usize>,
    /// Only calls made before this instant (RFC 3339): the `created` of the last one listed.
    before: Option<Timestamp>,
}

/// A call, as the API shows it. No secret, no key press, no name.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CallView<'a> {
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

/// Whether a request may look at calls: a Functions host has let it through, or it carries the key in `x-functions-key`, the header that a Functions host asks for too, or as
/// bearer. Closed while no key is set.
pub fn may(app: &App, headers: &HeaderMap) -> bool {
    if app.is_under_host {
        return true;
    }
    let Some(key) = &app.calls_api_key else { return false };
    let bearer = headers.get("authorization").and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    let given = headers.get("x-functions-key").map(|value| value.as_bytes()).or(bearer);
    given.is_some_and(|given| key.expose_secret().as_bytes().ct_eq(given).into())
}

/// `GET /api/calls`: the newest first, without their journals.
pub async fn list(app: Arc<App>, query: Query) -> WithStatus<Json> {
    let limit = query.limit.unwrap_or(LONGEST_PAGE).clamp(1, LONGEST_PAGE);
    match app.store.list(Page { limit, before: query.before }, app.clock.now()).await {
        Ok(calls) => {
            let views: Vec<CallView<'_>> = calls.iter().map(|call| CallView { journal: None, ..view(call) }).collect();
            with_status(json(&serde_json::json!({ "calls": views })), StatusCode::OK)
        }
        Err(error) => unavailable(&error),
    }
}

/// `GET /api/calls/{id}`.
pub async fn show(app: Arc<App>, id: String) -> WithStatus<Json> {
    let Ok(key) = CallKey::parse(&id) else { return not_found() };
    match app.store.load(&key, app.clock.now()).await {
        Ok(Some(stored)) => with_status(json(&view(&stored.call)), StatusCode::OK),
        Ok(None) => not_found(),
        Err(error) => unavailable(&error),
    }
}

/// `GET /api/calls/{id}/recordings/{n}`: the WAV.
pub async fn recording(app: Arc<App>, id: String, n: u32, headers: HeaderMap) -> Response {
    let Ok(key) = CallKey::parse(&id) else { return not_found().into_response() };
    match app.recordings.open(&key, n).await {
        Ok(Some(audio)) => respond(&Method::GET, &headers, audio),
        Ok(None) => problem(StatusCode::NOT_FOUND, "there is no such recording").into_response(),
        Err(error) => {
            tracing::error!(function = "calls", call = %key, n, "a recording cannot be read: {error}");
            problem(StatusCode::SERVICE_UNAVAILABLE, "the recording cannot be read now").into_response()
        }
    }
}

fn view(call: &Call) -> CallView<'_> {
    CallView {
        id: call.key.as_str(),
        graph_call_id: call.graph_id.as_ref().map(crate::call::GraphCallId::in_url),
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
        journal: Some(call.journal.entries().collect()),
    }
}

/// What who may not look is told.
pub fn closed() -> WithStatus<Json> {
    problem(StatusCode::UNAUTHORIZED, "this is for who sends the key of CALLS_API_KEY in x-functions-key")
}

/// An error as RFC 9457 has it.
pub(super) fn problem(status: StatusCode, title: &str) -> WithStatus<Json> {
    with_status(json(&serde_json::json!({ "title": title, "status": status.as_u16() })), status)
}

fn not_found() -> WithStatus<Json> {
    problem(StatusCode::NOT_FOUND, "there is no such call")
}

fn unavailable(error: &StoreError) -> WithStatus<Json> {
    tracing::error!(function = "calls", "calls cannot be read: {error}");
    problem(StatusCode::SERVICE_UNAVAILABLE, "calls cannot be read now")
}
