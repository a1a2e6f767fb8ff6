//! `GET`: orders are listed and shown.

use warp::reply::{Reply, Response, json};

use super::{
    unknown_order,
    view::{Listed, view},
};
use crate::{
    app::App,
    call::OrderId,
    functions::api::{
        asked::{LONGEST_PAGE, limit, parameters},
        problem::Problem,
    },
    order::Order,
    ordering,
    store::{Page, RecordKind},
};

/// `GET /api/orders`: the newest first, without their calls.
pub(super) async fn list(app: &App, query: &str) -> Result<Response, Problem> {
    let records = app.store.list_records(RecordKind::Order, page(query)?, app.clock.now()).await;
    let records = records.map_err(|error| Problem::unavailable(&error))?;
    // One that cannot be read hides no other.
    let orders: Vec<Order> = records.into_iter().filter_map(|record| ordering::of_record(record).ok()).collect();
    let orders = orders.iter().map(|order| view(order).without_calls()).collect();
    Ok(json(&Listed { orders }).into_response())
}

/// Which orders a query asks for.
fn page(query: &str) -> Result<Page, Problem> {
    let mut page = Page { limit: LONGEST_PAGE, before: None };
    for (name, value) in parameters(query) {
        let bad = || Problem::bad_parameter(&name);
        match name.as_str() {
            "limit" => page.limit = limit(&value).ok_or_else(bad)?,
            "before" => page.before = Some(value.parse().map_err(|_| bad())?),
            _ => {}
        }
    }
    Ok(page)
}

/// `GET /api/orders/{id}`.
pub(super) async fn show(app: &App, id: &OrderId) -> Result<Response, Problem> {
    let stored = ordering::load(app, id).await.map_err(|error| Problem::unavailable(&error))?;
    let order = stored.ok_or_else(unknown_order)?.order;
    Ok(json(&view(&order)).into_response())
}
