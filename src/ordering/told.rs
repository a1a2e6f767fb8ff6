//! What an order's turn tells of itself: a span, and at the order's end another one of the whole order.

use futures_util::future::BoxFuture;

use super::OrderError;
use crate::{
    app::App,
    call::OrderId,
    order::{Event, Order},
    turn::Taken,
};

/// Takes a turn with an event, and tells of it. There is no order to tell of where none is known.
pub(super) async fn of(
    app: &App,
    id: &OrderId,
    event: &Event,
    turn: BoxFuture<'_, Result<Taken, OrderError>>,
) -> Result<Taken, OrderError> {
    let mut span = app.telemetry.doing(id.as_str(), || format!("turn {}", event.name()));
    let taken = span.around(turn).await;
    span.set("switchboard.order", id.to_string());
    span.set("switchboard.outcome", taken.as_ref().map_or("failed", |taken| taken.name()));
    match &taken {
        Ok(Taken::UnknownCall) => span.forget(),
        Ok(_) => {}
        Err(error) => span.fail(if error.is_passing() { "passing" } else { "lasting" }),
    }
    taken
}

/// Tells of an order, as a whole, where it is just over: only one save has made it so.
pub(super) fn if_over(app: &App, was_over: bool, order: &Order) {
    let (Some(conclusion), Some(_), false) = (&order.conclusion, order.over_at, was_over) else { return };
    let about = [
        ("switchboard.order", order.id.as_str()),
        ("switchboard.flow", &order.plan.flow),
        ("switchboard.flow_version", &order.plan.flow_version),
        ("switchboard.outcome", conclusion.how.name()),
    ];
    app.telemetry.whole("order", order.id.as_str(), order.created, &about, None);
}
