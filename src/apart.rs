//! What a call owes apart from its turn, so that the next prompt never waits for it: recordings are kept, notices sent, slow questions
//! asked. Claim, do, tell the call what came of it.

use std::time::Duration;

use futures_util::{StreamExt, stream::FuturesUnordered};

use crate::{
    app::App,
    call::{Action, Address, Arrival, Call, CallKey, Event, Kept, Outcome, Owed, acting::claim},
    hooks::client::NOTICE_WITHIN,
    media::recordings::KeepError,
    ordering,
    store::StoreError,
    turn::{TurnError, deadline, take},
};

/// How many things one call is helped with at a time, and how often a lost race is run again.
const TRIES: usize = 32;

/// Does everything that a call owes apart from its turn and that nobody else is doing, side by side.
///
/// # Errors
/// [`TurnError`] where the store failed; what is still owed is found by housekeeping.
pub async fn perform(app: &App, key: &CallKey) -> Result<(), TurnError> {
    let mut deeds = FuturesUnordered::new();
    let mut failed = Ok(());
    for _ in 0..TRIES {
        while let Some((call, n)) = claim_one(app, key).await? {
            deeds.push(do_one(app, call, n));
        }
        match deeds.next().await {
            Some(done) => failed = failed.and(done),
            None => break,
        }
    }
    failed
}

async fn claim_one(app: &App, key: &CallKey) -> Result<Option<(Call, u32)>, TurnError> {
    for _ in 0..TRIES {
        let now = app.clock.now();
        let Some(stored) = app.store.load(key, now).await? else { return Ok(None) };
        let Some((call, n)) = claim(stored.call, now) else { return Ok(None) };
        match app.store.replace(&call, &stored.version, now).await {
            Ok(_) => return Ok(Some((call, n))),
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(TurnError::Contended(key.clone()))
}

/// Does one thing, and takes a turn with what came of it.
async fn do_one(app: &App, call: Call, n: u32) -> Result<(), TurnError> {
    let Some(owed) = call.owed.iter().find(|owed| owed.n == n) else { return Ok(()) };
    let mut span = app.telemetry.doing(call.key.as_str(), || format!("apart {}", owed.action.kind()));
    let outcome = span.around(Box::pin(outcome(app, &call, owed))).await;
    span.set("switchboard.outcome", outcome.name());
    drop(span);
    let now = app.clock.now();
    let arrival = Arrival { event: Event::ActionSettled { n, outcome }, at: now };
    take(app, &Address::Ours(call.key.clone()), &[arrival], deadline(now)).await?;
    Ok(())
}

async fn outcome(app: &App, call: &Call, owed: &Owed) -> Outcome {
    match &owed.action {
        Action::KeepRecording { recording, location, token } => {
            kept(owed, &call.key, app.recordings.keep(&call.key, *recording, location, token).await.map(Some))
        }
        Action::JoinRecordings { parts } => kept(owed, &call.key, app.recordings.join(&call.key, owed.n, parts).await.map(Some)),
        Action::ForgetRecordings { recordings } => {
            kept(owed, &call.key, app.recordings.forget(&call.key, recordings).await.map(|()| None))
        }
        Action::Ask { within_ms, .. } => {
            app.hooks.perform(call, owed.n, &owed.action, Duration::from_millis(u64::from(*within_ms))).await
        }
        // An order that is not there any more wants to know nothing.
        Action::TellOrder { order } => match ordering::tell_order(app, order, call).await {
            Ok(_) => Outcome::Done { operation: None },
            Err(error) => {
                tracing::warn!(call = %call.key, n = owed.n, "the order could not be told of the call: {error}");
                Outcome::Unknown
            }
        },
        action => app.hooks.perform(call, owed.n, action, NOTICE_WITHIN).await,
    }
}

/// What came of something that was done with recordings.
fn kept(owed: &Owed, key: &CallKey, done: Result<Option<Kept>, KeepError>) -> Outcome {
    match done {
        Ok(Some(kept)) => Outcome::Kept { ms: kept.ms },
        Ok(None) => Outcome::Done { operation: None },
        Err(error) => {
            tracing::warn!(call = %key, n = owed.n, action = owed.action.kind(), "a recording is not where it should be: {error}");
            match error {
                KeepError::Refused(_) => Outcome::Refused { status: 0, code: "refused".to_owned(), is_gone: false },
                KeepError::Passing(_) => Outcome::Unknown,
            }
        }
    }
}
