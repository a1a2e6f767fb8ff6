//! The host towards the world: finds the function of a request, asks for its key, and passes the request on as it came.

use std::{convert::Infallible, sync::Arc, time::Duration};

use hyper::{
    Request, Response, StatusCode,
    body::Incoming,
    header::{CONNECTION, FORWARDED, HOST, HeaderMap, HeaderName, HeaderValue, TE, TRAILER, TRANSFER_ENCODING, UPGRADE},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use reqwest::{Body, Url};
use tokio::{net::TcpListener, task::JoinSet};

use super::{
    declared::{AuthLevel, HttpTrigger, Trigger},
    envelope::guid,
    lent::Lender,
    running::Inner,
};

/// How often a request is tried while the handler does not take connections.
const TRIES: u32 = 10;

/// How long before the second try; the longest wait is five times as long.
const FIRST_WAIT: Duration = Duration::from_millis(50);

/// What is of one connection only, and not passed on.
const HOP_BY_HOP: [HeaderName; 5] = [CONNECTION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE];

/// The version that requests name.
pub(super) const HOST_VERSION: &str = "4.1052.200";

/// Serves until dropped; its connections end with it.
pub(super) async fn serve(listener: TcpListener, inner: Arc<Inner>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => {
                // Without it small answers wait for more; that costs time only.
                let _ = stream.set_nodelay(true);
                let inner = Arc::clone(&inner);
                let service = service_fn(move |request| answer(Arc::clone(&inner), request));
                connections.spawn(async move {
                    // An error is a client that went away.
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn answer(inner: Arc<Inner>, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    let Some(trigger) = trigger_of(&inner, &request) else { return Ok(empty(StatusCode::NOT_FOUND)) };
    if trigger.level == AuthLevel::Function && !has_key(&request, &inner.key) {
        return Ok(empty(StatusCode::UNAUTHORIZED));
    }
    match inner.is_up().await {
        true => Ok(pass_on(&inner, request).await.unwrap_or_else(|| empty(StatusCode::INTERNAL_SERVER_ERROR))),
        false => Ok(empty(StatusCode::SERVICE_UNAVAILABLE)),
    }
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
    let pairs = request.uri().query().unwrap_or_default().split('&');
    in_header || pairs.filter_map(|pair| pair.strip_prefix("code=")).any(|given| given == key)
}

/// Passes a request on; `None` where the handler cannot be reached, or breaks off before it has answered.
async fn pass_on(inner: &Inner, request: Request<Incoming>) -> Option<Response<Body>> {
    let (head, body) = request.into_parts();
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let url = Url::parse(&format!("{}{path}", inner.handler_url)).ok()?;
    let headers = passed_on(head.headers);
    let body = Lender::new(body);
    let mut wait = FIRST_WAIT;
    for _ in 0..TRIES {
        // It may be starting again. What was sent in part cannot be sent again.
        let request = inner.proxy.request(head.method.clone(), url.clone()).headers(headers.clone());
        if let Ok(response) = request.body(Body::wrap(body.lend()?)).send().await {
            return Some(without_hops(response.into()));
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(FIRST_WAIT * 5);
    }
    None
}

/// The headers of a request as the handler gets them: those of the host displace what a stranger has put there.
fn passed_on(mut headers: HeaderMap) -> HeaderMap {
    let host = headers.remove(HOST);
    HOP_BY_HOP.iter().chain([&FORWARDED]).for_each(|name| drop(headers.remove(name)));
    let invocation = HeaderValue::from_str(&guid()).ok();
    let ours = [
        ("x-forwarded-for", Some(HeaderValue::from_static("127.0.0.1"))),
        ("x-forwarded-proto", Some(HeaderValue::from_static("http"))),
        ("x-forwarded-host", host),
        ("x-azure-functions-hostversion", Some(HeaderValue::from_static(HOST_VERSION))),
        ("x-azure-functions-invocationid", invocation.clone()),
        ("x-ms-invocation-id", invocation),
    ];
    for (name, value) in ours {
        headers.remove(name);
        headers.extend(value.map(|value| (HeaderName::from_static(name), value)));
    }
    headers
}

fn without_hops(mut response: Response<Body>) -> Response<Body> {
    HOP_BY_HOP.iter().for_each(|name| drop(response.headers_mut().remove(name)));
    response
}

fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::default());
    *response.status_mut() = status;
    response
}
