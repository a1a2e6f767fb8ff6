//! Keeps recordings, apart from the turn: the next prompt never waits for one. Claim, fetch, write down what came of it.

use crate::{
    app::App,
    call::{
        Action, CallKey, Event, Message, Outcome, Owed,
        acting::{claim_recording, wake_at},
        step,
    },
    media::recordings::KeepError,
    store::StoreError,
    turn::TurnError,
};

/// How many things are done with the recordings of one call at a time, and how often a lost race is run again.
const TRIES: usize = 32;

/// Does with recordings whatever a call owes and nobody else is doing: fetches them, joins them, removes them.
///
/// # Errors
/// [`TurnError`] where the store failed; what is still owed is found by housekeeping.
pub async fn keep_recordings(app: &App, key: &CallKey) -> Result<(), TurnError> {
    for _ in 0..TRIES {
        let Some(owed) = claim(app, key).await? else { return Ok(()) };
        let outcome = perform(app, key, &owed).await;
        write_down(app, key, owed.n, outcome).await?;
    }
    Ok(())
}

async fn claim(app: &App, key: &CallKey) -> Result<Option<Owed>, TurnError> {
    for _ in 0..TRIES {
        let now = app.clock.now();
        let Some(stored) = app.store.load(key, now).await? else { return Ok(None) };
        let Some((call, owed)) = claim_recording(stored.call, now) else { return Ok(None) };
        match app.store.replace(&call, &stored.version, now).await {
            Ok(_) => return Ok(Some(owed)),
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(TurnError::Contended(key.clone()))
}

async fn perform(app: &App, key: &CallKey, owed: &Owed) -> Outcome {
    let done = match &owed.action {
        Action::KeepRecording { recording, location, token } => {
            app.recordings.keep(key, *recording, location, token).await.map(|kept| Outcome::Kept { ms: kept.ms })
        }
        Action::JoinRecordings { parts } => {
            app.recordings.join(key, owed.n, parts).await.map(|kept| Outcome::Kept { ms: kept.ms })
        }
        Action::ForgetRecordings { recordings } => {
            app.recordings.forget(key, recordings).await.map(|()| Outcome::Done { operation: None })
        }
        _ => Err(KeepError::Refused("it has nothing to do with recordings".to_owned())),
    };
    done.unwrap_or_else(|error| {
        tracing::warn!(call = %key, n = owed.n, action = owed.action.kind(), "a recording is not where it should be: {error}");
        match error {
            KeepError::Refused(_) => Outcome::Refused { status: 0, code: "refused".to_owned(), is_gone: false },
            KeepError::Passing(_) => Outcome::Unknown,
        }
    })
}

async fn write_down(app: &App, key: &CallKey, n: u32, outcome: Outcome) -> Result<(), TurnError> {
    let event = Event::ActionSettled { n, outcome };
    for _ in 0..TRIES {
        let now = app.clock.now();
        let Some(stored) = app.store.load(key, now).await? else { return Ok(()) };
        let flow = app.flows.of(&stored.call.flow_version).await?;
        let call = step(stored.call, &flow, &app.secrets, &event, now);
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
