//! `wake`: a call's own alarm. A time has come that no notification announces, or a recording is to be kept.

use super::Function;
use crate::{
    app::App,
    call::{CallKey, Event},
    keep::keep_recordings,
    turn::{Address, Arrival, Taken, TurnError, deadline, take},
};

/// Takes [`Event::Wake`].
pub const FUNCTION: Function = Function { name: "wake", takes: |event| matches!(event, Event::Wake) };

/// Wakes one call: whatever is due is done, whatever was recorded is kept.
///
/// # Errors
/// [`TurnError`] where the store failed; housekeeping tries again.
pub async fn wake(app: &App, key: &CallKey) -> Result<Taken, TurnError> {
    let now = app.clock.now();
    let arrival = Arrival { event: Event::Wake, at: now };
    let taken = take(app, &Address::Ours(key.clone()), &[arrival], deadline(now)).await?;
    keep_recordings(app, key).await?;
    Ok(taken)
}
