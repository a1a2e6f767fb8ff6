//! What is where: every HTTP route of the program.

use std::{convert::Infallible, sync::Arc};

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use tracing::{Instrument, info_span};
use warp::{
    Buf, Filter, Rejection, Reply,
    http::{HeaderMap, Method, StatusCode},
    reply::Response,
};

use super::{
    calls, health,
    invoked::{Invoked, invoke},
    notifications, prompts, switches,
};
use crate::{
    app::App,
    clock::{Sleep, after_ms},
    host::{DONE, LONGEST_INVOCATION},
};

/// How long a body may take to arrive, in milliseconds.
const BODY_WITHIN_MS: u64 = 5_000;

/// How much of a body that was refused is read and thrown away, in bytes.
const MOST_DISCARDED: usize = 2 * 1024 * 1024;

/// The Functions host's name of an invocation.
const INVOCATION_ID: &str = "x-azure-functions-invocationid";

/// Every route: `/api/...` as the functions declare them, `/`, by which a Functions host learns that the program is up, and under
/// such a host `/{function}`, by which it invokes what no HTTP request triggers.
pub fn routes(app: Arc<App>) -> impl Filter<Extract = (impl Reply,), Error = Infallible> + Clone {
    let up = warp::path::end().map(|| StatusCode::OK.into_response());
    let api = warp::path("api").and(door(&app).or(calls_list(&app)).unify().or(calls_show(&app)).unify());
    let files = warp::path("api").and(calls_recording(&app).or(sound(&app)).unify().or(healthy(&app)).unify());
    let levers = warp::path("api").and(switch_show(&app).or(switch_set(&app)).unify());
    up.or(api).unify().or(files).unify().or(levers).unify().or(by_host(&app)).unify().recover(refuse).unify()
}

fn with(app: &Arc<App>) -> impl Filter<Extract = (Arc<App>,), Error = Infallible> + Clone + use<> {
    let app = Arc::clone(app);
    warp::any().map(move || Arc::clone(&app))
}

/// `POST /api/notifications` and `POST /api/notifications/{call key}.{secret}`.
fn door(app: &Arc<App>) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + use<> {
    let registered = warp::path::end().map(|| None);
    let callback = warp::path::param().and(warp::path::end()).map(|callback: String| Some(callback));
    warp::path("notifications")
        .and(registered.or(callback).unify())
        .and(warp::post())
        .and(warp::header::headers_cloned())
        .and(warp::body::stream())
        .and(with(app))
        .then(|callback, headers: HeaderMap, body, app: Arc<App>| async move {
            match read_whole(&app, &headers, body, notifications::LARGEST_BODY).await {
                Ok(body) => {
                    let span = info_span!("function", invocation_id = app.is_under_host.then(|| invocation_id(&headers)));
                    notifications::door(app, callback, authorization(&headers), body).instrument(span).await.into_response()
                }
                Err(status) => status.into_response(),
            }
        })
}

/// The host's name of the invocation. A host that proxies sets it; one that forwards leaves a caller's own before it.
fn invocation_id(headers: &HeaderMap) -> &str {
    headers.get_all(INVOCATION_ID).iter().next_back().and_then(|id| id.to_str().ok()).unwrap_or_default()
}

/// One that is no text is as good as none.
fn authorization(headers: &HeaderMap) -> Option<String> {
    headers.get("authorization")?.to_str().ok().map(str::to_owned)
}

/// `GET /api/calls`.
fn calls_list(app: &Arc<App>) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + use<> {
    let route = warp::path("calls").and(warp::path::end()).and(warp::get()).and(warp::header::headers_cloned());
    route.and(warp::query()).and(with(app)).then(|headers: HeaderMap, query, app: Arc<App>| async move {
        match calls::may(&app, &headers) {
            true => calls::list(app, query).await.into_response(),
            false => calls::closed().into_response(),
        }
    })
}

/// `GET /api/calls/{id}`.
fn calls_show(app: &Arc<App>) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + use<> {
    let route = warp::path!("calls" / String).and(warp::get()).and(warp::header::headers_cloned());
    route.and(with(app)).then(|id, headers: HeaderMap, app: Arc<App>| async move {
        match calls::may(&app, &headers) {
            true => calls::show(app, id).await.into_response(),
            false => calls::closed().into_response(),
        }
    })
}

/// `GET /api/calls/{id}/recordings/{n}`.
fn calls_recording(app: &Arc<App>) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + use<> {
    let route = warp::path!("calls" / String / "recordings" / u32).and(warp::get()).and(warp::header::headers_cloned());
    route.and(with(app)).then(|id, n, headers: HeaderMap, app: Arc<App>| async move {
        match calls::may(&app, &headers) {
            true => calls::recording(app, id, n, headers).await,
            false => calls::closed().into_response(),
        }
    })
}

/// `GET /api/switches/{name}`.
fn switch_show(app: &Arc<App>) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + use<> {
    let route = warp::path!("switches" / String).and(warp::get()).and(warp::header::headers_cloned());
    route.and(with(app)).then(|name, headers: HeaderMap, app: Arc<App>| async move {
        match calls::may(&app, &headers) {
            true => switches::show(app, name).await.into_response(),
            false => calls::closed().into_response(),
        }
    })
}

/// `PUT /api/switches/{name}`.
fn switch_set(app: &Arc<App>) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + use<> {
    let route = warp::path!("switches" / String).and(warp::put()).and(warp::header::headers_cloned());
    route.and(warp::body::stream()).and(with(app)).then(|name, headers: HeaderMap, body, app: Arc<App>| async move {
        if !calls::may(&app, &headers) {
            return calls::closed().into_response();
        }
        match read_whole(&app, &headers, body, switches::LARGEST_BODY).await {
            Ok(body) => switches::set(app, name, &body).await.into_response(),
            Err(status) => status.into_response(),
        }
    })
}

/// `GET` and `HEAD /api/prompts/{path}`.
fn sound(app: &Arc<App>) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + use<> {
    let method = warp::get().map(|| Method::GET).or(warp::head().map(|| Method::HEAD)).unify();
    let route = warp::path("prompts").and(warp::path::tail()).and(method).and(warp::header::headers_cloned());
    route.and(with(app)).then(|path: warp::path::Tail, method: Method, headers: HeaderMap, app| async move {
        prompts::prompt(app, path.as_str(), &method, &headers).await
    })
}

/// `GET /api/health`.
fn healthy(app: &Arc<App>) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + use<> {
    let route = warp::path("health").and(warp::path::end()).and(warp::get());
    route.and(with(app)).then(|app| async move { health::health(app).await.into_response() })
}

/// `POST /{function}`, under a Functions host only: anyone else could bring forged events.
fn by_host(app: &Arc<App>) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + use<> {
    let is_under_host = app.is_under_host;
    let is_open = move || std::future::ready(if is_under_host { Ok(()) } else { Err(warp::reject::not_found()) });
    warp::any()
        .and_then(is_open)
        .untuple_one()
        .and(warp::path!(String))
        .and(warp::post())
        .and(warp::header::headers_cloned())
        .and(warp::body::stream())
        .and(with(app))
        .then(|name: String, headers: HeaderMap, body, app: Arc<App>| async move {
            match read_whole(&app, &headers, body, LONGEST_INVOCATION).await {
                Ok(body) => invoked(invoke(app, &name, invocation_id(&headers), &body).await),
                Err(status) => status.into_response(),
            }
        })
}

fn invoked(invoked: Invoked) -> Response {
    match invoked {
        Invoked::Done => warp::reply::with_header(DONE, "content-type", "application/json").into_response(),
        Invoked::Failed => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Invoked::Unknown => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Reads a body so far and no further, and waits so long and no longer.
async fn read_whole<S, B>(app: &App, headers: &HeaderMap, body: S, most: usize) -> Result<Bytes, StatusCode>
where
    S: Stream<Item = Result<B, warp::Error>> + Send + 'static,
    B: Buf + Send + 'static,
{
    let mut body = Box::pin(body);
    let late = app.clock.sleep_until(after_ms(app.clock.now(), BODY_WITHIN_MS));
    let length = headers.get("content-length").and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > most) {
        tokio::spawn(discard(body, late));
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let mut late = late;
    let read = tokio::select! {
        biased;
        read = read_parts(&mut body, most) => read,
        _ = &mut late => return Err(StatusCode::REQUEST_TIMEOUT),
    };
    if read == Err(StatusCode::PAYLOAD_TOO_LARGE) {
        tokio::spawn(discard(body, late));
    }
    read
}

/// Reads on a little after a body was refused: who is still sending when the connection closes may never see the answer.
async fn discard<S, B>(mut body: S, late: Sleep)
where
    S: Stream<Item = Result<B, warp::Error>> + Send + Unpin,
    B: Buf + Send,
{
    let rest = async {
        let mut read = 0;
        while let Some(Ok(part)) = body.next().await {
            read += part.remaining();
            if read > MOST_DISCARDED {
                return;
            }
        }
    };
    tokio::select! {
        () = rest => {}
        _ = late => {}
    }
}

async fn read_parts<S, B>(body: &mut S, most: usize) -> Result<Bytes, StatusCode>
where
    S: Stream<Item = Result<B, warp::Error>> + Unpin,
    B: Buf,
{
    let mut whole = BytesMut::new();
    while let Some(part) = body.next().await {
        let mut part = part.map_err(|_| StatusCode::BAD_REQUEST)?;
        if whole.len() + part.remaining() > most {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        whole.extend_from_slice(&part.copy_to_bytes(part.remaining()));
    }
    Ok(whole.freeze())
}

/// What no route takes.
async fn refuse(rejection: Rejection) -> Result<Response, Infallible> {
    let status = if rejection.is_not_found() {
        StatusCode::NOT_FOUND
    } else if rejection.find::<warp::reject::MethodNotAllowed>().is_some() {
        StatusCode::METHOD_NOT_ALLOWED
    } else {
        StatusCode::BAD_REQUEST
    };
    Ok(status.into_response())
}
