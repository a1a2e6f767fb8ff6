//! Keeps recordings, apart from the turn: the next prompt never waits for one. Claim, fetch, write down what came of it.

use crate::{
    app::App,
    call::{
        CallKey, Event, Fetch, Message, Outcome,
        acting::{claim_recording, wake_at},
        step,
    },
    media::recordings::KeepError,
    store::StoreError,
    turn::TurnError,
};

/// How many recordings one call is kept of at a time, and how often a lost race is run again.
const TRIES: usize = 16;

/// Keeps every recording that a call owes and nobody else is fetching.
///
/// # Errors
/// [`TurnError`] where the store failed; what is still owed is found by housekeeping.
pub async fn keep_recordings(app: &App, key: &CallKey) -> Result<(), TurnError> {
    for _ in 0..TRIES {
        let Some(fetch) = claim(app, key).await? else { return Ok(()) };
        let outcome = fetch_one(app, key, &fetch).await;
        write_down(app, key, fetch.n, outcome).await?;
    }
    Ok(())
}

async fn claim(app: &App, key: &CallKey) -> Result<Option<Fetch>, TurnError> {
    for _ in 0..TRIES {
        let now = app.clock.now();
        let Some(stored) = app.store.load(key, now).await? else { return Ok(None) };
        let Some((call, fetch)) = claim_recording(stored.call, now) else { return Ok(None) };
        match app.store.replace(&call, &stored.version, now).await {
            Ok(_) => return Ok(Some(fetch)),
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(TurnError::Contended(key.clone()))
}

async fn fetch_one(app: &App, key: &CallKey, fetch: &Fetch) -> Outcome {
    let kept = app.recordings.keep(key, fetch.recording, &fetch.location, &fetch.token).await;
    match kept {
        Ok(kept) => Outcome::Kept { ms: kept.ms },
        Err(error) => {
            tracing::warn!(call = %key, n = fetch.n, action = "keep_recording", "a recording was not kept: {error}");
            match error {
                KeepError::Refused(_) => Outcome::Refused { status: 0, code: "refused".to_owned(), is_gone: false },
                KeepError::Passing(_) => Outcome::Unknown,
            }
        }
    }
}

async fn write_down(app: &App, key: &CallKey, n: u32, outcome: Outcome) -> Result<(), TurnError> {
    let event = Event::ActionSettled { n, outcome };
    for _ in 0..TRIES {
        let now = app.clock.now();
        let Some(stored) = app.store.load(key, now).await? else { return Ok(()) };
        let flow = app.flows.of(&stored.call.flow_version).await?;
        let call = step(stored.call, &flow, &event, now);
        match app.store.replace(&call, &stored.version, now).await {
            Ok(_) => {
                if let Some(at) = wake_at(&call, now).filter(|at| *at > now)
                    && let Err(error) = app.later.bring(&Message::wake(key, now), at).await
                {
                    tracing::warn!(call = %key, "the call cannot be woken and waits for housekeeping: {error}");
                }
                return Ok(());
            }
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(TurnError::Contended(key.clone()))
}
