//! `prompts`: the audio that Graph downloads.

use std::sync::Arc;

use warp::{
    Reply,
    http::{HeaderMap, Method, StatusCode},
    reply::Response,
};

use crate::{
    app::App,
    media::audio::{Audio, PromptPath, respond},
};

/// `GET` and `HEAD /api/prompts/{sha256}.wav` and `/api/prompts/silence/{ms}.wav`.
pub async fn prompt(app: Arc<App>, path: &str, method: &Method, headers: &HeaderMap) -> Response {
    let hash = match PromptPath::parse(path) {
        Some(PromptPath::Silence(silence)) => return respond(method, headers, Audio::silence(silence)),
        Some(PromptPath::Prompt(hash)) => hash,
        None => return StatusCode::NOT_FOUND.into_response(),
    };
    match app.flows.prompt(hash.as_str()).await {
        Ok(Some(wav)) => respond(method, headers, Audio::prompt(&hash, wav)),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(function = "prompts", "a prompt cannot be read: {error}");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
