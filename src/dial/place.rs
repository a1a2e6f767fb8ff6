//! A call is placed, if it may be.

use std::sync::Arc;

use jiff::Timestamp;

use super::{
    allow::{Refusal, allow},
    reserve::reserve,
    sit::{could_sit, sit},
};
use crate::{
    app::App,
    call::Call,
    flow::Flow,
    store::StoreError,
    turn::{self, TurnError},
};

/// The switch that stops all calling out.
pub const STOP: &str = "dial_stop";

/// Why a call was not placed.
#[derive(Debug, thiserror::Error)]
pub enum NotPlaced {
    /// It may not be.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It could not be kept: the same may succeed a little later.
    #[error(transparent)]
    Turn(#[from] TurnError),
}

impl From<StoreError> for NotPlaced {
    fn from(error: StoreError) -> Self {
        Self::Turn(error.into())
    }
}

/// Places a call that was made by [`Call::placing`], within the limits. `false` where there is one of its key already.
///
/// # Errors
/// [`NotPlaced`]; then nothing was asked of Graph. A refusal is in the log with its reason; whoever will not try again keeps it with [`note`](super::note).
pub async fn place(app: &App, call: Call, flow: Arc<Flow>, deadline: Timestamp) -> Result<bool, NotPlaced> {
    let until = may_be_placed(app, &call, &flow, deadline).await.inspect_err(|error| {
        if let NotPlaced::Refused(refusal) = error {
            tracing::warn!(call = %call.key, outcome = refusal.name(), "a call was not placed: {refusal}");
        }
    })?;
    // Later it would count for a minute that it is not in.
    if app.clock.now() >= until {
        return Err(StoreError::Unavailable("the call's place in the tally is used too late".to_owned()).into());
    }
    Ok(Box::pin(turn::place(app, call, flow, deadline)).await?)
}

/// Until when the call may be placed. What is known to be refused takes no place in the tally.
async fn may_be_placed(app: &App, call: &Call, flow: &Flow, deadline: Timestamp) -> Result<Timestamp, NotPlaced> {
    if app.dialling.is_stopped || app.store.is_on(STOP).await? {
        return Err(Refusal::Stopped.into());
    }
    if let Some(placing) = &call.placing {
        allow(placing, &app.dialling.allow, &app.tenants)?;
    }
    could_sit(app, call, flow).await??;
    let until = reserve(app, &call.key, deadline).await??;
    sit(app, call, flow, deadline).await??;
    Ok(until)
}
