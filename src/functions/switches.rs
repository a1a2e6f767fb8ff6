//! `switches`: what an operator turns on and off by hand, and flows look at.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use warp::{
    http::StatusCode,
    reply::{Json, WithStatus, json, with_status},
};

use super::calls::problem;
use crate::{app::App, store::StoreError};

/// The longest body of a `PUT`, in bytes.
pub const LARGEST_BODY: usize = 1024;

/// What `PUT /api/switches/{name}` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Position {
    on: bool,
}

/// A switch, as the API shows it.
#[derive(Debug, Serialize)]
struct SwitchView<'a> {
    name: &'a str,
    on: bool,
}

/// `GET /api/switches/{name}`.
pub async fn show(app: Arc<App>, name: String) -> WithStatus<Json> {
    if !app.flows.know_switch(&name) {
        return unknown();
    }
    match app.store.is_on(&name).await {
        Ok(on) => with_status(json(&SwitchView { name: &name, on }), StatusCode::OK),
        Err(error) => unavailable(&error),
    }
}

/// `PUT /api/switches/{name}` with `{"on": true}` or `{"on": false}`. Calls that come to a step after this see it.
pub async fn set(app: Arc<App>, name: String, body: &[u8]) -> WithStatus<Json> {
    let Ok(Position { on }) = serde_json::from_slice(body) else {
        return problem(StatusCode::BAD_REQUEST, "a switch takes {\"on\": true} or {\"on\": false}");
    };
    if !app.flows.know_switch(&name) {
        return unknown();
    }
    match app.store.set_switch(&name, on).await {
        Ok(()) => {
            tracing::info!(function = "switches", outcome = if on { "on" } else { "off" }, "switch {name} was set");
            with_status(json(&SwitchView { name: &name, on }), StatusCode::OK)
        }
        Err(error) => unavailable(&error),
    }
}

/// A switch that no flow looks at does nothing: better said than kept.
fn unknown() -> WithStatus<Json> {
    problem(StatusCode::NOT_FOUND, "no flow has a switch of that name")
}

fn unavailable(error: &StoreError) -> WithStatus<Json> {
    tracing::error!(function = "switches", "switches cannot be read or set: {error}");
    problem(StatusCode::SERVICE_UNAVAILABLE, "switches cannot be read or set now")
}
