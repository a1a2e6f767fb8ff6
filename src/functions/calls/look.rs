//! `GET`: calls are listed and shown, and recordings handed out.

use warp::{
    http::{HeaderMap, Method},
    reply::{Reply, Response, json},
};

use super::{
    listing::{self, Listing},
    unknown_call,
    view::{Listed, Refusals, view},
};
use crate::{app::App, call::CallKey, dial, functions::api::problem::Problem, media::audio::respond};

/// `GET /api/calls`: the newest first, without their journals.
pub(super) async fn list(app: &App, query: &str) -> Result<Response, Problem> {
    let (calls, next) = listing::list(app, &Listing::read(query)?).await?;
    let calls = calls.iter().map(|call| view(call).without_journal()).collect();
    Ok(json(&Listed { calls, next: next.map(|place| place.text()) }).into_response())
}

/// `GET /api/calls/{id}`.
pub(super) async fn show(app: &App, id: &str) -> Result<Response, Problem> {
    let key = CallKey::parse(id).map_err(|_| unknown_call())?;
    let stored = app.store.load(&key, app.clock.now()).await.map_err(|error| Problem::unavailable(&error))?;
    let stored = stored.ok_or_else(unknown_call)?;
    Ok(json(&view(&stored.call)).into_response())
}

/// `GET /api/calls/refusals.json`.
pub(super) async fn refusals(app: &App) -> Result<Response, Problem> {
    let refusals = dial::refusals(app).await.map_err(|error| Problem::unavailable(&error))?;
    Ok(json(&Refusals { refusals }).into_response())
}

/// `GET /api/calls/{id}/recordings/{n}`: the WAV.
pub(super) async fn recording(app: &App, id: &str, n: u32, headers: &HeaderMap) -> Result<Response, Problem> {
    let key = CallKey::parse(id).map_err(|_| unknown_call())?;
    match app.recordings.open(&key, n).await {
        Ok(Some(audio)) => Ok(respond(&Method::GET, headers, audio)),
        Ok(None) => Err(Problem::not_found().detail("there is no such recording")),
        Err(error) => {
            tracing::error!(function = "calls", call = %key, n, "a recording cannot be read: {error}");
            Err(Problem::not_now())
        }
    }
}
