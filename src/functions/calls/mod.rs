//! `calls`: the control API. Calls are placed, listed, shown, steered and ended here.
//!
//! In reading order: who asks for what ([`asked`]); what is wanted of a new call ([`wanted`]), whether that can be ([`mod@check`]),
//! its key ([`identity`]), and its being placed ([`mod@place`]); what is shown of calls ([`view`], [`listing`], [`look`]); what is done
//! to them ([`steer`]). [`description`] describes it all, as OpenAPI.

pub mod asked;
pub mod check;
pub mod description;
pub mod identity;
pub mod listing;
pub mod look;
pub mod place;
pub mod steer;
pub mod view;
pub mod wanted;

use std::sync::Arc;

use bytes::Bytes;
use futures_util::Stream;
use serde::de::DeserializeOwned;
use serde_json::Value;
use warp::{
    Buf,
    http::{Method, StatusCode},
    reply::{Reply, Response},
};

pub use asked::{Asked, may_only_look};
use steer::Steering;
use wanted::Wanted;

use super::{
    body::read_whole,
    problem::{Fault, Problem, pointer_part},
};
use crate::{app::App, store::StoreError};

/// The longest body that is read, in bytes: room for ten thousand targets, to be told that they are too many.
pub const LARGEST_BODY: usize = 512 * 1024;

/// Answers one request: the path first, then who asks, then the body.
pub async fn answer<S, B>(app: &Arc<App>, asked: Asked<'_>, body: S) -> Response
where
    S: Stream<Item = Result<B, warp::Error>> + Send + 'static,
    B: Buf + Send + 'static,
{
    match Box::pin(dispatch(app, asked, body)).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn dispatch<S, B>(app: &Arc<App>, asked: Asked<'_>, body: S) -> Result<Response, Problem>
where
    S: Stream<Item = Result<B, warp::Error>> + Send + 'static,
    B: Buf + Send + 'static,
{
    let route = Route::of(asked.path).ok_or_else(not_found)?;
    let changes = match (route.methods().contains(&asked.method), &asked.method) {
        (false, _) => return Ok(wrong_method(&route)),
        (true, method) => *method != Method::GET,
    };
    // It holds no secret, and says how to ask for what does.
    if route == Route::Description {
        return Ok(description::answer());
    }
    let asker = asked.who(app).await?;
    if changes && !asker.may_place {
        return Err(may_only_look());
    }
    match (route, &asked.method) {
        (Route::Calls, &Method::GET) => look::list(app, asked.query).await,
        (Route::Calls, _) => {
            let key = identity::idempotency_key(asked.headers)?;
            let wanted = read(app, &asked, body).await?;
            Box::pin(place::place(app, &asker, key, wanted)).await
        }
        (Route::Call(id), &Method::GET) => look::show(app, id).await,
        (Route::Call(id), _) => Box::pin(steer::end(app, id)).await,
        (Route::Events(id), _) => {
            let steering = read(app, &asked, body).await?;
            Box::pin(steer::steer(app, id, steering)).await
        }
        (Route::Recording(id, n), _) => look::recording(app, id, n, asked.headers).await,
        (Route::Description, _) => Ok(description::answer()),
    }
}

/// What a path below `/api/calls` leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route<'a> {
    /// Every call.
    Calls,
    /// What can be asked here.
    Description,
    /// A call.
    Call(&'a str),
    /// What a call is told.
    Events(&'a str),
    /// A recording of a call.
    Recording(&'a str, u32),
}

impl<'a> Route<'a> {
    fn of(path: &'a str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').collect();
        match parts.as_slice() {
            [""] => Some(Self::Calls),
            ["openapi.json"] => Some(Self::Description),
            [id] => Some(Self::Call(id)),
            [id, "events"] => Some(Self::Events(id)),
            [id, "recordings", n] => n.parse().ok().map(|n| Self::Recording(id, n)),
            _ => None,
        }
    }

    fn methods(&self) -> &'static [Method] {
        match self {
            Self::Calls => &[Method::GET, Method::POST],
            Self::Call(_) => &[Method::GET, Method::DELETE],
            Self::Events(_) => &[Method::POST],
            Self::Description | Self::Recording(..) => &[Method::GET],
        }
    }
}

/// Reads a body into what it must be.
pub(super) async fn read<T, S, B>(app: &App, asked: &Asked<'_>, body: S) -> Result<T, Problem>
where
    T: Body,
    S: Stream<Item = Result<B, warp::Error>> + Send + 'static,
    B: Buf + Send + 'static,
{
    match read_whole(app, asked.headers, body, LARGEST_BODY).await {
        Ok(body) => parse(&body),
        Err(StatusCode::PAYLOAD_TOO_LARGE) => {
            let problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The body is too large.");
            Err(problem.detail(format!("a body has at most {LARGEST_BODY} bytes")))
        }
        Err(StatusCode::REQUEST_TIMEOUT) => {
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "The body did not arrive in time."))
        }
        Err(_) => Err(Problem::new(StatusCode::BAD_REQUEST, "unreadable", "The body cannot be read.").detail("it broke off")),
    }
}

fn parse<T: Body>(body: &Bytes) -> Result<T, Problem> {
    let value: Value = serde_json::from_slice(body).map_err(|error| {
        let problem = Problem::new(StatusCode::BAD_REQUEST, "unreadable", "The body cannot be read.");
        problem.detail(format!("it is no JSON: {error}"))
    })?;
    // A list could be read as the members of an object, one after the other.
    let no_object = T::OBJECTS.iter().find(|at| value.pointer(at).is_some_and(Value::is_array));
    if let Some(at) = no_object {
        return Err(invalid(vec![Fault::new(*at, "is a list where an object is wanted")]));
    }
    if value.is_object() && value.get(T::REQUIRED).is_none() {
        return Err(invalid(vec![Fault::new(format!("/{}", T::REQUIRED), "is missing")]));
    }
    let read = serde_path_to_error::deserialize(value);
    read.map_err(|error| invalid(vec![Fault::new(pointer(error.path()), error.inner().to_string())]))
}

/// A body that can be read.
pub(super) trait Body: DeserializeOwned {
    /// Where it has objects: JSON pointers.
    const OBJECTS: &'static [&'static str];
    /// The member that must be there.
    const REQUIRED: &'static str;
}

impl Body for Wanted {
    const OBJECTS: &'static [&'static str] = &["", "/meeting", "/variables"];
    const REQUIRED: &'static str = "flow";
}

impl Body for Steering {
    const OBJECTS: &'static [&'static str] = &["", "/data"];
    const REQUIRED: &'static str = "name";
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let part = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", pointer_part(key)),
        Segment::Enum { variant } => format!("/{}", pointer_part(variant)),
        Segment::Unknown => String::new(),
    };
    path.iter().map(part).collect()
}

/// Members of a body are not as they must be.
pub(super) fn invalid(faults: Vec<Fault>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "The request is not valid.").faults(faults)
}

pub(super) fn not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here.")
}

fn unknown_call() -> Problem {
    not_found().detail("there is no call of that id")
}

fn wrong_method(route: &Route<'_>) -> Response {
    let allowed: Vec<&str> = route.methods().iter().map(Method::as_str).collect();
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "wrong_method", "This is not done here.");
    warp::reply::with_header(problem, "allow", allowed.join(", ")).into_response()
}

pub(super) fn unavailable(error: &StoreError) -> Problem {
    tracing::error!(function = "calls", "calls cannot be read or kept: {error}");
    not_now()
}

/// It may succeed a little later.
pub(super) fn not_now() -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "It cannot be done now.").again_after(5)
}
