//! HTTP responses of every kind the routes give.

use bytes::Bytes;
use serde::Serialize;
use warp::{
    http::{HeaderName, HeaderValue, StatusCode, header::CONTENT_TYPE},
    reply::Response,
};

/// No body.
pub(super) fn empty(status: StatusCode) -> Response {
    with_body(status, None, Bytes::new())
}

/// A JSON body.
pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let body = serde_json::to_vec(body).expect("values and plain records serialize");
    with_body(status, Some("application/json"), body.into())
}

/// A line of plain text.
pub(super) fn text(status: StatusCode, line: &str) -> Response {
    with_body(status, Some("text/plain; charset=utf-8"), format!("{line}\n").into())
}

/// Any other body.
pub(super) fn with_body(status: StatusCode, media_type: Option<&'static str>, body: Bytes) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    if let Some(media_type) = media_type {
        let media_type = HeaderValue::from_static(media_type);
        response.headers_mut().insert(CONTENT_TYPE, media_type);
    }
    response
}

/// Adds a header, unless its value cannot be one.
pub(super) fn set(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        let name = HeaderName::from_static(name);
        response.headers_mut().insert(name, value);
    }
}
