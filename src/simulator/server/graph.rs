//! Graph's calling routes and the recordings, as HTTP.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use warp::{
    http::{HeaderMap, Method, StatusCode, header},
    reply::Response,
};

use super::{
    super::wire::{Reply, Request},
    door::Lost,
    platform::Platform,
    respond,
};

/// How late a reply is at most, in real time on every clock.
const LATEST: Duration = Duration::from_secs(2);

/// A request as it came, its path after the version.
pub(super) struct Incoming {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// `/v1.0/communications/…`
pub(super) async fn calling(platform: &Platform, incoming: &Incoming) -> Response {
    let (reply, overtaken) = match admitted(platform, &incoming.headers).and_then(|()| read(incoming)) {
        Ok(request) => platform.request(request),
        Err(refusal) => (refusal, None),
    };
    if let Some(overtaken) = overtaken {
        // Whoever was posted to may itself wait for this reply.
        drop(tokio::time::timeout(LATEST, overtaken).await);
    }
    carried(platform, incoming, &reply)
}

/// `GET /recordings/{id}`
pub(super) fn recording(platform: &Platform, id: &str, headers: &HeaderMap) -> Response {
    let bearer = bearer(headers).unwrap_or_default();
    match platform.recording(id, bearer) {
        Ok(wav) => respond::with_body(StatusCode::OK, Some("audio/wav"), wav),
        Err(status) => respond::empty(status_of(status)),
    }
}

/// Graph lets in who bears a token for the tenant of the calls.
fn admitted(platform: &Platform, headers: &HeaderMap) -> Result<(), Reply> {
    let now = platform.parts.clock.now();
    let Some(token) = bearer(headers) else {
        return Err(unauthorized("InvalidAuthenticationToken", "Access token is empty."));
    };
    match platform.parts.entra.tenant_of(token, now) {
        Some(tenant) if tenant == platform.parts.tenant => Ok(()),
        Some(_) => Err(unauthorized("7505", "The token is of another tenant than the call.")),
        None => Err(unauthorized("InvalidAuthenticationToken", "The token was not issued here or has expired.")),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

fn read(incoming: &Incoming) -> Result<Request, Reply> {
    Ok(Request { method: incoming.method.to_string(), path: incoming.path.clone(), body: read_body(incoming)? })
}

fn read_body(incoming: &Incoming) -> Result<Option<Value>, Reply> {
    if incoming.body.is_empty() {
        return Ok(None);
    }
    let media_type = incoming.headers.get(header::CONTENT_TYPE);
    let media_type = media_type.and_then(|value| value.to_str().ok());
    if !media_type.is_some_and(|value| value.starts_with("application/json")) {
        let message = "The Content-Type of a body must be application/json.";
        return Err(refusal(415, "UnsupportedMediaType", message));
    }
    serde_json::from_slice(&incoming.body).map(Some).map_err(|_| {
        let message = "Unable to read JSON request payload.";
        refusal(400, "BadRequest", message)
    })
}

fn unauthorized(code: &str, message: &str) -> Reply {
    refusal(401, code, message)
}

fn refusal(status: u16, code: &str, message: &str) -> Reply {
    Reply {
        status,
        body: Some(json!({ "error": { "code": code, "message": message } })),
        retry_after: None,
        lost: false,
        late: false,
    }
}

/// The reply as HTTP, with the headers that Graph gives all its answers.
fn carried(platform: &Platform, incoming: &Incoming, reply: &Reply) -> Response {
    let status = status_of(reply.status);
    let mut response = match &reply.body {
        Some(body) => respond::json(status, body),
        None => respond::empty(status),
    };
    let request_id = request_id(reply).map_or_else(|| platform.parts.ids.uuid(), str::to_owned);
    let asked = |name| incoming.headers.get(name).and_then(|value| value.to_str().ok());
    let echoed = asked("client-request-id").unwrap_or(&request_id);
    respond::set(&mut response, "client-request-id", echoed);
    let scenario_id = asked("scenario-id").unwrap_or(&request_id);
    respond::set(&mut response, "scenario-id", scenario_id);
    respond::set(&mut response, "request-id", &request_id);
    if let Some(seconds) = reply.retry_after {
        respond::set(&mut response, "retry-after", &seconds.to_string());
    }
    if let Some(location) = location(incoming, reply) {
        let location = format!("{}/v1.0{location}", platform.parts.base_url);
        respond::set(&mut response, "location", &location);
    }
    if reply.lost {
        response.extensions_mut().insert(Lost);
    }
    response
}

/// An error names the request itself.
fn request_id(reply: &Reply) -> Option<&str> {
    reply.body.as_ref()?["error"]["innerError"]["request-id"].as_str()
}

/// Where what a POST made can be found: the call, or the operation of its call.
fn location(incoming: &Incoming, reply: &Reply) -> Option<String> {
    let id = reply.body.as_ref()?["id"].as_str()?;
    if incoming.method != Method::POST {
        return None;
    }
    match reply.status {
        201 => Some(format!("/communications/calls/{id}")),
        _ => {
            let call = incoming.path.split('/').nth(3)?;
            Some(format!("/communications/calls/{call}/operations/{id}"))
        }
    }
}

fn status_of(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
