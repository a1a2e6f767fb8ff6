//! `orders`: whom to ring until somebody acknowledges. Orders are given, listed, shown and stopped here.
//!
//! In reading order: what is wanted of a new order ([`wanted`]), whether that can be ([`mod@check`]), its being kept ([`mod@give`]);
//! what is shown of orders ([`view`], [`look`]).

pub mod check;
pub mod give;
pub mod look;
pub mod view;
pub mod wanted;

use std::sync::Arc;

use futures_util::Stream;
use warp::{Buf, http::Method, reply::Response};

use super::api::{
    asked::Asked,
    body::{Body, read},
    identity::idempotency_key,
    problem::Problem,
};
use crate::{app::App, call::OrderId};
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
    let asker = asked.asker(app).await?;
    match (route, &asked.method) {
        (Route::Orders, &Method::GET) => look::list(app, asked.query).await,
        (Route::Orders, _) => {
            let name = idempotency_key(asked.headers)?;
            give::give(app, &asker, name, read(app, asked, body).await?).await
        }
        (Route::Order(id), &Method::GET) => look::show(app, &order_id(id)?).await,
        (Route::Order(id), _) => give::stop(app, &order_id(id)?).await,
    }
}

/// What a path below `/api/orders` leads to.
#[derive(Debug, Clone, Copy)]
enum Route<'a> {
    /// Every order.
    Orders,
    /// An order.
    Order(&'a str),
}

impl<'a> Route<'a> {
    fn of(path: &'a str) -> Option<Self> {
        match path {
            "" => Some(Self::Orders),
            id => (!id.contains('/')).then_some(Self::Order(id)),
        }
    }

    fn methods(self) -> &'static [Method] {
        match self {
            Self::Orders => &[Method::GET, Method::POST],
            Self::Order(_) => &[Method::GET, Method::DELETE],
        }
    }
}

impl Body for Wanted {
    const OBJECTS: &'static [&'static str] = &["", "/people/*", "/quiet", "/variables"];
    const REQUIRED: &'static str = "flow";
}

fn order_id(text: &str) -> Result<OrderId, Problem> {
    OrderId::parse(text).map_err(|_| unknown_order())
}

fn unknown_order() -> Problem {
    Problem::not_found().detail("there is no order of that id")
}
