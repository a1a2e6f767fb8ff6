//! `prompts`: the audio that Graph downloads.

use std::sync::Arc;

use subtle::ConstantTimeEq;
use tokio::{runtime::Handle, task::spawn_blocking};
use warp::{
    Reply,
    http::{HeaderMap, Method, StatusCode},
    reply::Response,
};

use crate::{
    app::App,
    call::CallKey,
    media::audio::{Audio, PromptPath, respond},
};

/// `GET` and `HEAD /api/prompts/{sha256}.wav`, `/api/prompts/silence/{ms}.wav` and `/api/prompts/recordings/{call}.{word}/{n}.wav`.
pub async fn prompt(app: Arc<App>, path: &str, method: &Method, headers: &HeaderMap) -> Response {
    let hash = match PromptPath::parse(path) {
        Some(PromptPath::Silence(silence)) => return respond(method, headers, Audio::silence(silence)),
        Some(PromptPath::Recording { call, word, n }) => return recording(&app, &call, &word, n, method, headers).await,
        Some(PromptPath::Prompt(hash)) => hash,
        None => return StatusCode::NOT_FOUND.into_response(),
    };
    // No other request waits for its being read.
    let read = spawn_blocking(move || (Handle::current().block_on(app.flows.prompt(hash.as_str())), hash)).await;
    match read {
        Ok((Ok(Some(wav)), hash)) => respond(method, headers, Audio::prompt(&hash, wav)),
        Ok((Ok(None), _)) => StatusCode::NOT_FOUND.into_response(),
        Ok((Err(error), _)) => {
            tracing::error!(function = "prompts", "a prompt cannot be read: {error}");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// What a caller has said, while the call goes on and they listen to it. A wrong word is as good as no such call.
async fn recording(app: &App, call: &CallKey, word: &str, n: u32, method: &Method, headers: &HeaderMap) -> Response {
    let stored = match app.store.load(call, app.clock.now()).await {
        Ok(stored) => stored,
        Err(error) => {
            tracing::error!(function = "prompts", call = %call, "a recording cannot be played: {error}");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let is_open = stored.is_some_and(|stored| {
        let opens = stored.call.secret.for_recordings().as_bytes().ct_eq(word.as_bytes()).into();
        opens && !stored.call.phase.is_over()
    });
    if !is_open {
        return StatusCode::NOT_FOUND.into_response();
    }
    match app.recordings.open(call, n).await {
        Ok(Some(audio)) => respond(method, headers, audio),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(function = "prompts", call = %call, n, "a recording cannot be read: {error}");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
