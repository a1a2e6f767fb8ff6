//! `orders`: whom to ring until somebody acknowledges. Orders are given, listed, shown and stopped here.
//!
//! In reading order: what is wanted of a new order ([`wanted`]), whether that can be ([`mod@check`]), its being kept ([`mod@give`]);
//! what is shown of orders ([`look`]).

pub mod check;
pub mod give;
pub mod look;
pub mod wanted;

use std::sync::Arc;

use futures_util::Stream;
use warp::{
    Buf,
    http::{Method, StatusCode},
    reply::{Reply, Response, with_header},
};

use super::{
    calls::{Asked, Body, identity::idempotency_key, may_only_look, not_found, read},
    problem::Problem,
};
use crate::{app::App, call::OrderId};
use wanted::Wanted;

/// Answers one request: the path first, then who asks, then the body.
pub async fn answer<S, B>(app: &Arc<App>, asked: Asked<'_>, body: S) -> Response
where
    S: Stream<Item = Result<B, warp::Error>> + Send + 'static,
    B: Buf + Send + 'static,
{
    match dispatch(app, asked, body).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn dispatch<S, B>(app: &Arc<App>, asked: Asked<'_>, body: S) -> Result<Response, Problem>
where
    S: Stream<Item = Result<B, warp::Error>> + Send + 'static,
    B: Buf + Send + 'static,
{
    if asked.path.contains('/') {
        return Err(not_found());
    }
    let allowed = if asked.path.is_empty() { "GET, POST" } else { "GET, DELETE" };
    if !allowed.split(", ").any(|method| method == asked.method.as_str()) {
        let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "wrong_method", "This is not done here.");
        return Ok(with_header(problem, "allow", allowed).into_response());
    }
    let asker = asked.who(app).await?;
    if asked.method != Method::GET && !asker.may_place {
        return Err(may_only_look());
    }
    match (asked.path, &asked.method) {
        ("", &Method::GET) => look::list(app, asked.query).await,
        ("", _) => {
            let name = idempotency_key(asked.headers)?;
            give::give(app, &asker, name, read(app, &asked, body).await?).await
        }
        (id, &Method::GET) => look::show(app, &order_id(id)?).await,
        (id, _) => give::stop(app, &order_id(id)?).await,
    }
}

impl Body for Wanted {
    const OBJECTS: &'static [&'static str] = &["", "/quiet", "/variables"];
    const REQUIRED: &'static str = "flow";
}

fn order_id(text: &str) -> Result<OrderId, Problem> {
    OrderId::parse(text).map_err(|_| unknown_order())
}

fn unknown_order() -> Problem {
    not_found().detail("there is no order of that id")
}
