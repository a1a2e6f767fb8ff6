//! `housekeeping`: each minute, the backstop of everything. Calls and orders that are due are woken, and what was kept long enough is forgotten.

use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};

use super::wake::{wake, wake_order};
use crate::{
    app::App,
    call::{CallKey, OrderId},
    store::{RecordId, RecordKind},
    telemetry::counting,
};

/// The function's name.
pub const NAME: &str = "housekeeping";

/// The most calls woken in one run; the most overdue come first, and the next run is a minute away.
const MOST_CALLS: usize = 2_000;

/// How many calls are woken side by side.
const AT_ONCE: usize = 16;

/// One run. Safe when two run at once: each wake is a turn like any other.
pub async fn run(app: &App) {
    let now = app.clock.now();
    let ((), cosmos_requests) = counting(wake_all(app, now)).await;
    tracing::debug!(function = NAME, cosmos_requests, "what was due is done");
    let days = i64::from(app.limits.recording_retention_days);
    let Ok(oldest) = now.checked_sub(SignedDuration::from_hours(24 * days)) else { return };
    if let Err(error) = app.recordings.forget_older_than(oldest).await {
        tracing::warn!(function = NAME, "old recordings cannot be removed: {error}");
    }
}

async fn wake_all(app: &App, now: Timestamp) {
    match app.store.due(now, MOST_CALLS).await {
        Ok(due) => stream::iter(due).for_each_concurrent(AT_ONCE, |key| wake_or_log(app, key)).await,
        Err(error) => tracing::error!(function = NAME, "calls that are due cannot be found: {error}"),
    }
    match app.store.due_records(now, MOST_CALLS).await {
        Ok(due) => stream::iter(due).for_each_concurrent(AT_ONCE, |id| wake_order_or_log(app, id)).await,
        Err(error) => tracing::error!(function = NAME, "orders that are due cannot be found: {error}"),
    }
}

/// Only orders are due by themselves.
async fn wake_order_or_log(app: &App, id: RecordId) {
    let order = (id.kind() == RecordKind::Order).then(|| OrderId::parse(id.name()).ok()).flatten();
    let Some(order) = order else { return };
    if let Err(error) = wake_order(app, &order).await {
        tracing::warn!(function = NAME, order = %order, "the order could not be woken: {error}");
    }
}

async fn wake_or_log(app: &App, key: CallKey) {
    if let Err(error) = wake(app, &key).await {
        tracing::warn!(function = NAME, call = %key, "the call could not be woken: {error}");
    }
}
