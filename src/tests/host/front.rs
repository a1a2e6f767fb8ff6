//! The host towards the world: finds the function of a request, asks for its key, and passes the request on as it came.

use std::sync::Arc;

use hyper::{
    Request, Response, StatusCode,
    body::Incoming,
    header::{FORWARDED, HOST, HeaderMap, HeaderName, HeaderValue},
};
use reqwest::Body;

use super::{
    declared::{AuthLevel, HttpTrigger, Trigger},
    envelope::guid,
    passing::{empty, pass_on},
    running::Inner,
};

/// The version that requests name.
pub(super) const HOST_VERSION: &str = "4.1052.200";

/// Answers one request.
pub(super) async fn answer(inner: Arc<Inner>, mut request: Request<Incoming>) -> Response<Body> {
    let Some(trigger) = trigger_of(&inner, &request) else { return empty(StatusCode::NOT_FOUND) };
    if trigger.level == AuthLevel::Function && !has_key(&request, &inner.key) {
        return empty(StatusCode::UNAUTHORIZED);
    }
    if !inner.is_up().await {
        return empty(StatusCode::SERVICE_UNAVAILABLE);
    }
    mark(request.headers_mut());
    let passed = pass_on(&inner.proxy, &inner.handler_url, request).await;
    passed.unwrap_or_else(|| empty(StatusCode::INTERNAL_SERVER_ERROR))
}

/// The HTTP function of a request. One that does not take its method is as good as not there.
fn trigger_of<'a>(inner: &'a Inner, request: &Request<Incoming>) -> Option<&'a HttpTrigger> {
    let prefix = &inner.declared.host.route_prefix;
    let path = request.uri().path().strip_prefix('/')?;
    let path = if prefix.is_empty() { path } else { path.strip_prefix(prefix.as_str())?.strip_prefix('/')? };
    let triggers = inner.declared.functions.iter().filter_map(|function| match &function.trigger {
        Trigger::Http(trigger) => Some(trigger),
        Trigger::Queue { .. } | Trigger::Timer { .. } => None,
    });
    let takes = |trigger: &&HttpTrigger| trigger.methods.is_empty() || trigger.methods.contains(request.method().as_str());
    triggers.filter(takes).find(|trigger| trigger.route.matches(path))
}

fn has_key(request: &Request<Incoming>, key: &str) -> bool {
    let in_header = request.headers().get("x-functions-key").is_some_and(|given| given.as_bytes() == key.as_bytes());
    let mut pairs = request.uri().query().unwrap_or_default().split('&');
    in_header || pairs.any(|pair| pair.strip_prefix("code=").is_some_and(|given| given == key))
}

/// Puts the host's own headers in, in place of what a stranger has put there.
fn mark(headers: &mut HeaderMap) {
    headers.remove(FORWARDED);
    let invocation = HeaderValue::from_str(&guid()).ok();
    let ours = [
        ("x-forwarded-for", Some(HeaderValue::from_static("127.0.0.1"))),
        ("x-forwarded-proto", Some(HeaderValue::from_static("http"))),
        ("x-forwarded-host", headers.remove(HOST)),
        ("x-azure-functions-hostversion", Some(HeaderValue::from_static(HOST_VERSION))),
        ("x-azure-functions-invocationid", invocation.clone()),
        ("x-ms-invocation-id", invocation),
    ];
    for (name, value) in ours {
        headers.remove(name);
        headers.extend(value.map(|value| (HeaderName::from_static(name), value)));
    }
}
