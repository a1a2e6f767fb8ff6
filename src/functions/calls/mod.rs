//! `calls`: the control API. Calls are placed, listed, shown, steered and ended here.
//!
//! In reading order: what is wanted of a new call ([`wanted`]), whether that can be ([`mod@check`]), and its being placed
//! ([`mod@place`]); what is shown of calls ([`view`], [`listing`], [`look`]); what is done to them ([`steer`]).

pub mod check;
pub mod listing;
pub mod look;
pub mod place;
pub mod steer;
pub mod view;
pub mod wanted;

use std::sync::Arc;

use futures_util::Stream;
use warp::{Buf, http::Method, reply::Response};

use super::{
    api::{
        asked::Asked,
        body::{Body, read},
        identity::idempotency_key,
        problem::Problem,
    },
    description,
};
use crate::app::App;
use steer::Steering;
use wanted::Wanted;

/// Answers one request: the path first, then who asks, then the body.
///
/// # Errors
/// The problem that is answered in place of it.
pub async fn answer<S, B>(app: &Arc<App>, asked: &Asked<'_>, body: S) -> Result<Response, Problem>
where
    S: Stream<Item = Result<B, warp::Error>> + Send + 'static,
    B: Buf + Send + 'static,
{
    let route = Route::of(asked.path).ok_or_else(Problem::not_found)?;
    asked.method_among(route.methods())?;
    // It holds no secret, and says how to ask for what does.
    if route == Route::Description {
        return Ok(description::served());
    }
    let asker = asked.asker(app).await?;
    match (route, &asked.method) {
        (Route::Calls, &Method::GET) => look::list(app, asked.query).await,
        (Route::Calls, _) => {
            let key = idempotency_key(asked.headers)?;
            let wanted = read(app, asked, body).await?;
            Box::pin(place::place(app, &asker, key, wanted)).await
        }
        (Route::Call(id), &Method::GET) => look::show(app, id).await,
        (Route::Call(id), _) => Box::pin(steer::end(app, id)).await,
        (Route::Events(id), _) => {
            let steering = read(app, asked, body).await?;
            Box::pin(steer::steer(app, id, steering)).await
        }
        (Route::Refusals, _) => look::refusals(app).await,
        (Route::Recording(id, n), _) => look::recording(app, id, n, asked.headers).await,
        (Route::Description, _) => Ok(description::served()),
    }
}

/// What a path below `/api/calls` leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route<'a> {
    /// Every call.
    Calls,
    /// What can be asked here.
    Description,
    /// What was not placed.
    Refusals,
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
            ["refusals.json"] => Some(Self::Refusals),
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
            Self::Description | Self::Refusals | Self::Recording(..) => &[Method::GET],
        }
    }
}

impl Body for Wanted {
    const OBJECTS: &'static [&'static str] = &["", "/meeting", "/variables"];
    const REQUIRED: &'static str = "flow";
}

impl Body for Steering {
    const OBJECTS: &'static [&'static str] = &["", "/data"];
    const REQUIRED: &'static str = "name";
}

fn unknown_call() -> Problem {
    Problem::not_found().detail("there is no call of that id")
}
