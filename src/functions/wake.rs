//! `wake`: a call's own alarm, or an order's. A time has come that no notification announces, or something is to be done apart from turns.

use super::Function;
use crate::{
    apart,
    app::App,
    call::{Address, Arrival, CallKey, Event, OrderId},
    order, ordering,
    turn::{Taken, TurnError, deadline, take},
};

/// Takes [`Event::Wake`].
pub const FUNCTION: Function = Function { name: "wake", takes: |event| matches!(event, Event::Wake) };

/// Wakes one call: whatever is due is done, and what is owed apart from Graph.
///
/// # Errors
/// [`TurnError`] where the store failed; housekeeping tries again.
pub async fn wake(app: &App, key: &CallKey) -> Result<Taken, TurnError> {
    let now = app.clock.now();
    let arrival = Arrival { event: Event::Wake, at: now };
    let taken = take(app, &Address::Ours(key.clone()), &[arrival], deadline(now)).await?;
    apart::perform(app, key).await?;
    Ok(taken)
}

/// Wakes one order.
///
/// # Errors
/// As [`wake`].
pub async fn wake_order(app: &App, id: &OrderId) -> Result<Taken, TurnError> {
    Ok(ordering::take(app, id, order::Event::Wake).await?)
}
