//! `switches`: what an operator turns on and off by hand, and flows look at.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use warp::{
    http::StatusCode,
    reply::{Reply, Response, json},
};

use super::problem::Problem;
use crate::{app::App, dial::STOP, store::StoreError};

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
pub async fn show(app: Arc<App>, name: String) -> Response {
    if !is_known(&app, &name) {
        return unknown().into_response();
    }
    match app.store.is_on(&name).await {
        Ok(on) => json(&SwitchView { name: &name, on }).into_response(),
        Err(error) => unavailable(&error).into_response(),
    }
}

/// `PUT /api/switches/{name}` with `{"on": true}` or `{"on": false}`. Calls that come to a step after this see it.
pub async fn set(app: Arc<App>, name: String, body: &[u8]) -> Response {
    let Ok(Position { on }) = serde_json::from_slice(body) else {
        let problem = Problem::new(StatusCode::BAD_REQUEST, "unreadable", "The body cannot be read.");
        return problem.detail("a switch takes {\"on\": true} or {\"on\": false}").into_response();
    };
    if !is_known(&app, &name) {
        return unknown().into_response();
    }
    match app.store.set_switch(&name, on).await {
        Ok(()) => {
            tracing::info!(function = "switches", outcome = if on { "on" } else { "off" }, "switch {name} was set");
            json(&SwitchView { name: &name, on }).into_response()
        }
        Err(error) => unavailable(&error).into_response(),
    }
}

/// A switch that nobody looks at does nothing: better said than kept.
fn is_known(app: &App, name: &str) -> bool {
    name == STOP || app.flows.know_switch(name)
}

fn unknown() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", "There is no such switch.").detail("no flow has a switch of that name")
}

fn unavailable(error: &StoreError) -> Problem {
    tracing::error!(function = "switches", "switches cannot be read or set: {error}");
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "It cannot be done now.")
        .detail("switches cannot be read or set now")
}
