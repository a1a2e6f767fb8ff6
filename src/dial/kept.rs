//! What the limits on calling out keep: read, and written on the version that was read.

use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

use crate::{
    app::App,
    store::{Record, RecordId, StoreError, Version},
};

/// What is kept under an id, with its version.
pub(super) async fn read<T: DeserializeOwned>(app: &App, id: &RecordId) -> Result<Option<(T, Version)>, StoreError> {
    let Some((record, version)) = app.store.load_record(id, app.clock.now()).await? else { return Ok(None) };
    let kept = serde_json::from_value(record.body);
    let kept = kept.map_err(|error| StoreError::Corrupt { what: id.to_string(), why: error.to_string() })?;
    Ok(Some((kept, version)))
}

/// Keeps it in place of what was read. `false` where somebody else was faster: read again.
pub(super) async fn write(
    app: &App,
    id: &RecordId,
    what: &impl Serialize,
    expires_at: Option<Timestamp>,
    read: Option<&Version>,
) -> Result<bool, StoreError> {
    let now = app.clock.now();
    let record = Record { id: id.clone(), created: now, due_at: None, expires_at, body: json!(what) };
    match app.store.put_record(&record, read, now).await {
        Ok(_) => Ok(true),
        Err(StoreError::Conflict(_) | StoreError::Exists(_)) => Ok(false),
        Err(error) => Err(error),
    }
}
