//! What is where: every HTTP route of the program.

use std::{convert::Infallible, sync::Arc};

use futures_util::Stream;
use tracing::{Instrument, info_span};
use warp::{
    Buf, Filter, Rejection, Reply,
    http::{HeaderMap, Method, StatusCode},
    reply::Response,
};

use super::{
    api::{asked::Asked, problem::Problem},
    body::read_whole,
    calls, health,
    invoked::{Invoked, invoke},
    notifications, orders, prompts, switches,
};
use crate::{
    app::App,
    host::{DONE, LONGEST_INVOCATION},
    telemetry::UNHURRIED,
};

/// The Functions host's name of an invocation.
const INVOCATION_ID: &str = "x-azure-functions-invocationid";

/// Every route: `/api/...` as the functions declare them, `/`, by which a Functions host learns that the program is up, and under
/// such a host `/{function}`, by which it invokes what no HTTP request triggers.
pub fn routes(app: Arc<App>) -> impl Filter<Extract = (impl Reply,), Error = Infallible> + Clone {
    let up = warp::path::end().map(|| StatusCode::OK.into_response());
    let by_platform = warp::path("api").and(door(&app).or(sound(&app)).unify().or(healthy(&app)).unify());
    let by_operator = warp::path("api").and(control(&app));
    let unhurried = by_operator.or(by_host(&app)).unify().and(with(&app)).then(told);
    up.or(by_platform).unify().or(unhurried).unify().recover(refuse).unify()
}

/// Keeps an answer until what there is to tell of it has been told, or cannot be soon: nobody warns of the end of an instance. The
/// door, where somebody waits, does so itself.
async fn told(response: Response, app: Arc<App>) -> Response {
    app.telemetry.flush(UNHURRIED).await;
    response
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

/// `/api/calls`, `/api/orders` and `/api/switches`, and everything below: each looks at the method and the rest of the path itself.
fn control(app: &Arc<App>) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + use<> {
    let named = |name: &'static str| warp::path(name).map(move || name);
    let function = named("calls").or(named("orders")).unify().or(named("switches")).unify();
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    function
        .and(warp::path::tail())
        .and(warp::method())
        .and(query)
        .and(warp::header::headers_cloned())
        .and(warp::body::stream())
        .and(with(app))
        .then(|function, path: warp::path::Tail, method, query: String, headers: HeaderMap, body, app: Arc<App>| async move {
            let asked = Asked { method, path: path.as_str(), query: &query, headers: &headers };
            let span = info_span!("function", function, invocation_id = app.is_under_host.then(|| invocation_id(&headers)));
            let answered = Box::pin(answer(&app, function, &asked, body)).instrument(span).await;
            answered.unwrap_or_else(Reply::into_response)
        })
}

async fn answer<S, B>(app: &Arc<App>, function: &str, asked: &Asked<'_>, body: S) -> Result<Response, Problem>
where
    S: Stream<Item = Result<B, warp::Error>> + Send + 'static,
    B: Buf + Send + 'static,
{
    match function {
        "calls" => Box::pin(calls::answer(app, asked, body)).await,
        "orders" => Box::pin(orders::answer(app, asked, body)).await,
        _ => switches::answer(app, asked, body).await,
    }
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
                Ok(body) => invoked(invoke(&app, &name, invocation_id(&headers), &body).await),
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
