//! A refusal is kept in the journal: read, added to, written on the version that was read.

use super::{
    allow::Refusal,
    journal::{Journal, Refused},
    kept::{read, write},
};
use crate::{
    app::App,
    clock::after_ms,
    store::{RecordKind, StoreError},
};

/// How often a write that lost a race is tried again.
const CONFLICTS_BORNE: usize = 4;

/// Keeps that something was refused, by the id that it would have had. It stays refused where that fails, and only the log has it.
pub async fn note(app: &App, id: &str, flow: &str, refusal: Refusal) {
    if let Err(error) = keep(app, id, flow, refusal).await {
        tracing::warn!(outcome = refusal.name(), "a refusal is in the log only: {error}");
    }
}

async fn keep(app: &App, id: &str, flow: &str, refusal: Refusal) -> Result<(), StoreError> {
    let record = RecordKind::Refusals.into();
    for _ in 0..CONFLICTS_BORNE {
        let (journal, version) =
            read::<Journal>(app, &record).await?.map_or_else(Default::default, |(journal, version)| (journal, Some(version)));
        let now = app.clock.now();
        let until = after_ms(now, u64::from(app.limits.call_retention_days) * 86_400_000);
        if write(app, &record, &journal.with(id, flow, refusal, now), Some(until), version.as_ref()).await? {
            return Ok(());
        }
    }
    Err(StoreError::Unavailable("the journal of refusals changes too often".to_owned()))
}

/// What was refused, the latest first.
///
/// # Errors
/// [`StoreError`] where it cannot be read.
pub async fn refusals(app: &App) -> Result<Vec<Refused>, StoreError> {
    let journal = read::<Journal>(app, &RecordKind::Refusals.into()).await?;
    Ok(journal.map_or_else(Vec::new, |(journal, _)| journal.latest_first()))
}
