//! `GET`: orders are listed and shown. No number and no id of anybody; names as whoever gave the order wrote them.

use jiff::Timestamp;
use serde_json::{Value, json};
use warp::reply::{Reply, Response};

use super::unknown_order;
use crate::{
    app::App,
    call::OrderId,
    functions::{
        calls::{asked::parameters, unavailable},
        problem::Problem,
    },
    order::{Mode, Order, outcome},
    ordering,
    store::{Page, RecordKind},
};

/// The most orders listed at once, and how many are when nothing is asked.
const LONGEST_PAGE: usize = 100;

/// `GET /api/orders`: the newest first, without their calls.
pub(super) async fn list(app: &App, query: &str) -> Result<Response, Problem> {
    let asked = |name: &str| parameters(query).find(|(found, _)| found == name).map(|(_, value)| value);
    let limit = asked("limit").and_then(|text| text.parse().ok()).unwrap_or(LONGEST_PAGE).clamp(1, LONGEST_PAGE);
    let before = asked("before").and_then(|text| text.parse::<Timestamp>().ok());
    let page = Page { limit, before };
    let records = app.store.list_records(RecordKind::Order, page, app.clock.now()).await.map_err(|error| unavailable(&error))?;
    // One that cannot be read hides no other.
    let orders = records.into_iter().filter_map(|record| ordering::of_record(record).ok());
    let views = orders.map(|order| {
        let mut shown = view(&order);
        if let Some(members) = shown.as_object_mut() {
            members.remove("calls");
        }
        shown
    });
    Ok(warp::reply::json(&json!({ "orders": views.collect::<Vec<_>>() })).into_response())
}

/// `GET /api/orders/{id}`.
pub(super) async fn show(app: &App, id: &OrderId) -> Result<Response, Problem> {
    let stored = ordering::load(app, id).await.map_err(|error| unavailable(&error))?;
    let order = stored.ok_or_else(unknown_order)?.order;
    Ok(warp::reply::json(&view(&order)).into_response())
}

fn view(order: &Order) -> Value {
    let mut view = outcome(order);
    let more = json!({
        "phase": match (&order.conclusion, order.over_at) {
            (None, _) => "going",
            (Some(_), None) => "concluded",
            (Some(_), Some(_)) => "over",
        },
        "flowVersion": order.plan.flow_version,
        "people": order.plan.people.len(),
        "mode": match order.plan.mode {
            Mode::InTurn => "in_turn",
            Mode::AtOnce => "at_once",
        },
        "rounds": order.plan.rounds,
        "ring": order.plan.ring_s,
        "pause": order.plan.pause_s,
        "stopAtFirst": order.plan.stop_at_first,
        "round": order.round,
        "notBefore": order.not_before,
        "owed": order
            .owed
            .iter()
            .map(|owed| json!({ "n": owed.n, "kind": owed.deed.kind(), "until": owed.until }))
            .collect::<Vec<_>>(),
    });
    if let (Value::Object(view), Value::Object(more)) = (&mut view, more) {
        view.extend(more);
    }
    view
}
