//! What a call owes apart from its turn, so that the next prompt never waits for it: recordings are kept, notices sent, slow questions
//! asked. Claim, do, tell the call what came of it.

use std::time::Duration;

use futures_util::{StreamExt, stream::FuturesUnordered};

use crate::{
    app::App,
    call::{Action, Address, Arrival, Call, CallKey, Event, Outcome, RecordingToken, acting::claim},
    hooks::client::NOTICE_WITHIN,
    media::recordings::KeepError,
    store::StoreError,
    turn::{TurnError, deadline, take},
};

/// How many things one call is helped with at a time, and how often a lost race is run again.
const TRIES: usize = 16;

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
    let outcome = match &owed.action {
        Action::KeepRecording { recording, location, token } => keep(app, &call.key, *recording, location, token).await,
        Action::Ask { within_ms, .. } => {
            app.hooks.perform(&call, n, &owed.action, Duration::from_millis(u64::from(*within_ms))).await
        }
        action => app.hooks.perform(&call, n, action, NOTICE_WITHIN).await,
    };
    let now = app.clock.now();
    let arrival = Arrival { event: Event::ActionSettled { n, outcome }, at: now };
    take(app, &Address::Ours(call.key.clone()), &[arrival], deadline(now)).await?;
    Ok(())
}

async fn keep(app: &App, key: &CallKey, n: u32, location: &str, token: &RecordingToken) -> Outcome {
    match app.recordings.keep(key, n, location, token).await {
        Ok(kept) => Outcome::Kept { ms: kept.ms },
        Err(error) => {
            tracing::warn!(call = %key, n, action = "keep_recording", "a recording was not kept: {error}");
            match error {
                KeepError::Refused(_) => Outcome::Refused { status: 0, code: "refused".to_owned(), is_gone: false },
                KeepError::Passing(_) => Outcome::Unknown,
            }
        }
    }
}
