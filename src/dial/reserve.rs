//! A place in the tally is taken: read, decided, written on the version that was read.

use std::collections::BTreeSet;

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use serde_json::json;

use super::{
    allow::Refusal,
    tally::{Limits, Taken, Tally},
};
use crate::{
    app::App,
    call::CallKey,
    store::{Record, RecordKind, StoreError, Version},
};

/// How often a write that lost a race is tried again.
const CONFLICTS_BORNE: usize = 200;

/// How many calls are looked at side by side.
const AT_ONCE: usize = 16;

/// Takes a place for a call; until when it may be used.
///
/// # Errors
/// [`StoreError`] where nobody knows how many calls there are.
pub(super) async fn reserve(app: &App, call: &CallKey, deadline: Timestamp) -> Result<Result<Timestamp, Refusal>, StoreError> {
    for _ in 0..CONFLICTS_BORNE {
        let (tally, version) = read(app).await?;
        let taken = match take(app, &tally, call).await? {
            Ok(taken) if taken.tally == tally => return Ok(Ok(taken.until)),
            Ok(taken) => taken,
            Err(refusal) => return Ok(Err(refusal)),
        };
        match write(app, &taken.tally, version.as_ref()).await {
            Ok(()) => return Ok(Ok(taken.until)),
            Err(StoreError::Conflict(_) | StoreError::Exists(_)) if app.clock.now() < deadline => {}
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::Unavailable("the tally of calls changes too often".to_owned()))
}

/// A place in the tally. Where there is none, it is looked whether each call in it is still there.
async fn take(app: &App, tally: &Tally, call: &CallKey) -> Result<Result<Taken, Refusal>, StoreError> {
    let limits = Limits { per_minute: app.dialling.per_minute as usize, at_once: app.dialling.at_once as usize };
    match tally.take(call, app.clock.now(), limits) {
        Err(Refusal::TooMany) => {
            let over = over(app, tally).await?;
            Ok(tally.without(&over).take(call, app.clock.now(), limits))
        }
        taken => Ok(taken),
    }
}

async fn over(app: &App, tally: &Tally) -> Result<BTreeSet<CallKey>, StoreError> {
    let live: Vec<CallKey> = tally.live().cloned().collect();
    let looks = live.into_iter().map(|key| async move {
        let now = app.clock.now();
        let stored = app.store.load(&key, now).await?.map(|stored| stored.call);
        let is_over = tally.is_over(&key, stored.as_ref(), now);
        Ok::<_, StoreError>(Some(key).filter(|_| is_over))
    });
    stream::iter(looks).buffer_unordered(AT_ONCE).try_filter_map(|over| async move { Ok(over) }).try_collect().await
}

async fn read(app: &App) -> Result<(Tally, Option<Version>), StoreError> {
    let Some((record, version)) = app.store.load_record(&RecordKind::Tally.into(), app.clock.now()).await? else {
        return Ok((Tally::default(), None));
    };
    let tally = serde_json::from_value(record.body);
    let tally = tally.map_err(|error| StoreError::Corrupt { what: record.id.to_string(), why: error.to_string() })?;
    Ok((tally, Some(version)))
}

async fn write(app: &App, tally: &Tally, version: Option<&Version>) -> Result<(), StoreError> {
    let now = app.clock.now();
    let record = Record { id: RecordKind::Tally.into(), created: now, due_at: None, expires_at: None, body: json!(tally) };
    app.store.put_record(&record, version, now).await.map(drop)
}
