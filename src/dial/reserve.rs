//! A place in the tally is taken: read, decided, written on the version that was read.

use std::collections::BTreeSet;

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

use super::{
    allow::Refusal,
    kept::{read, write},
    tally::{Limits, Taken, Tally},
};
use crate::{
    app::App,
    call::CallKey,
    store::{RecordKind, StoreError},
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
    let id = RecordKind::Tally.into();
    for _ in 0..CONFLICTS_BORNE {
        let (tally, version) = read::<Tally>(app, &id).await?.map_or_else(Default::default, |(tally, at)| (tally, Some(at)));
        let taken = match take(app, &tally, call).await? {
            Ok(taken) if taken.tally == tally => return Ok(Ok(taken.until)),
            Ok(taken) => taken,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if write(app, &id, &taken.tally, None, version.as_ref()).await? {
            return Ok(Ok(taken.until));
        }
        if app.clock.now() >= deadline {
            break;
        }
    }
    Err(StoreError::Unavailable("the tally of calls changes too often".to_owned()))
}

/// A place in the tally. Where there is none, it is looked whether each call in it is still there.
async fn take(app: &App, tally: &Tally, call: &CallKey) -> Result<Result<Taken, Refusal>, StoreError> {
    let dialling = &app.dialling;
    let limits =
        Limits { per_minute: dialling.per_minute as usize, per_month: dialling.per_month, at_once: dialling.at_once as usize };
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
