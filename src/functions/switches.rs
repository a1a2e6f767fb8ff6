//! `switches`: what an operator turns on and off by hand, and flows look at.

use std::sync::Arc;

use futures_util::Stream;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warp::{
    Buf,
    http::{Method, StatusCode},
    reply::{Reply, Response, json},
};

use super::api::{asked::Asked, body::whole, problem::Problem};
use crate::{app::App, dial::STOP};

/// The longest body of a `PUT`, in bytes.
pub const LARGEST_BODY: usize = 1024;

/// What `PUT /api/switches/{name}` takes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// Whether it is on from now on.
    on: bool,
}

/// A switch, as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Switch")]
pub struct SwitchView<'a> {
    /// Its name: one that a flow looks at, or `dial_stop`.
    name: &'a str,
    /// Whether it is on.
    on: bool,
}

/// Answers one request: the path first, then who asks, then the body.
///
/// # Errors
/// The problem that is answered in place of it.
pub async fn answer<S, B>(app: &Arc<App>, asked: &Asked<'_>, body: S) -> Result<Response, Problem>
where
    S: Stream<Item = Result<B, warp::Error>> + Send + 'static,
    B: Buf + Send + 'static,
{
    let name = Some(asked.path).filter(|name| !name.is_empty() && !name.contains('/')).ok_or_else(Problem::not_found)?;
    asked.method_among(&[Method::GET, Method::PUT])?;
    asked.asker(app).await?;
    match asked.method {
        Method::GET => show(app, name).await,
        _ => set(app, name, &whole(app, asked, body, LARGEST_BODY).await?).await,
    }
}

/// `GET /api/switches/{name}`.
async fn show(app: &App, name: &str) -> Result<Response, Problem> {
    must_be_known(app, name)?;
    let on = app.store.is_on(name).await.map_err(|error| Problem::unavailable(&error))?;
    Ok(json(&SwitchView { name, on }).into_response())
}

/// `PUT /api/switches/{name}` with `{"on": true}` or `{"on": false}`. Calls that come to a step after this see it.
async fn set(app: &App, name: &str, body: &[u8]) -> Result<Response, Problem> {
    let Position { on } = read(body)?;
    must_be_known(app, name)?;
    app.store.set_switch(name, on).await.map_err(|error| Problem::unavailable(&error))?;
    tracing::info!(function = "switches", outcome = if on { "on" } else { "off" }, "switch {name} was set");
    Ok(json(&SwitchView { name, on }).into_response())
}

/// A list could be read as the members of an object, one after the other.
fn read(body: &[u8]) -> Result<Position, Problem> {
    let position = (!body.trim_ascii_start().starts_with(b"[")).then(|| serde_json::from_slice(body).ok()).flatten();
    position.ok_or_else(|| Problem::unreadable("a switch takes {\"on\": true} or {\"on\": false}"))
}

/// A switch that nobody looks at does nothing: better said than kept.
fn must_be_known(app: &App, name: &str) -> Result<(), Problem> {
    match name == STOP || app.flows.know_switch(name) {
        true => Ok(()),
        false => Err(Problem::new(StatusCode::NOT_FOUND, "not_found", "There is no such switch.")
            .detail("no flow has a switch of that name")),
    }
}
