//! Calls: one item each in the container `calls`.

use azure_data_cosmos::Query;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Cosmos,
    items::{self, Found, Item, Written, all, etag, fresh_mark, seconds_until, text, version},
};
use crate::{
    call::{Call, CallKey},
    store::{DocumentId, Page, StoreError, Stored, Version},
};

/// Which items have not expired at `@now`.
const LIVES: &str = "(NOT IS_DEFINED(c.expiresAt) OR c.expiresAt > @now)";

/// One item: the call, and beside it what the account itself must understand. `C` is the call, by value or by reference.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document<C> {
    /// The call's key; also the partition key.
    id: String,
    /// How long the account keeps the item, in seconds from this write on; for ever where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<u32>,
    /// [`Call::due_at`], see [`text`].
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<String>,
    /// [`Call::expires_at`], see [`text`]. The account removes items by its own clock, and not at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    /// [`Call::created`], see [`text`].
    created: String,
    /// See [`Item::write_id`].
    write_id: String,
    /// The call.
    call: C,
}

impl<'c> Document<&'c Call> {
    /// The item of a call that is written now.
    fn of(call: &'c Call, now: Timestamp) -> Self {
        Self {
            id: call.key.as_str().to_owned(),
            ttl: call.expires_at().map(|at| seconds_until(at, now)),
            due_at: call.due_at().map(text),
            expires_at: call.expires_at().map(text),
            created: text(call.created),
            write_id: fresh_mark(),
            call,
        }
    }
}

impl<C> Item for Document<C> {
    fn id(&self) -> &str {
        &self.id
    }

    fn write_id(&self) -> &str {
        &self.write_id
    }
}

/// Whether a call has not expired.
pub(super) fn lives(call: &Call, now: Timestamp) -> bool {
    call.expires_at().is_none_or(|at| at > now)
}

/// Reads a call.
pub(super) async fn load(cosmos: &Cosmos, key: &CallKey, now: Timestamp) -> Result<Option<Stored>, StoreError> {
    let containers = cosmos.connection.containers().await?;
    let found = items::read(&containers.calls, key.as_str(), &key.into()).await?;
    Ok(remembered(cosmos, key, found).filter(|stored| lives(&stored.call, now)))
}

/// Stores a new call.
pub(super) async fn create(cosmos: &Cosmos, call: &Call, now: Timestamp) -> Result<Version, StoreError> {
    let containers = cosmos.connection.containers().await?;
    cosmos.remembered.forget(&call.key);
    let found = match items::create(&containers.calls, &Document::of(call, now), &DocumentId::from(&call.key)).await? {
        Written::As(etag) => return Ok(stored(cosmos, call, &etag)),
        Written::Refused(found) => found,
    };
    let etag = found.as_ref().map(|found| found.etag.clone());
    match (remembered(cosmos, &call.key, found), etag) {
        (Some(stored), Some(etag)) if !lives(&stored.call, now) => overwrite(cosmos, call, &etag, now).await,
        (Some(_), _) => Err(StoreError::Exists((&call.key).into())),
        (None, _) => Err(StoreError::Unavailable(format!("call {} was there and is gone", call.key))),
    }
}

/// Stores a call in place of the version that was read.
pub(super) async fn replace(cosmos: &Cosmos, call: &Call, read: &Version, now: Timestamp) -> Result<Version, StoreError> {
    match etag(&read.0, now) {
        Some(etag) => overwrite(cosmos, call, etag, now).await,
        None => Err(StoreError::Conflict((&call.key).into())),
    }
}

/// Calls that are due, in one query; also where none is wanted, so that whoever asks learns whether the account answers.
pub(super) async fn due(cosmos: &Cosmos, now: Timestamp, limit: usize) -> Result<Vec<CallKey>, StoreError> {
    #[derive(Deserialize)]
    struct Due {
        id: CallKey,
    }
    let query = format!("SELECT TOP @limit c.id FROM c WHERE c.dueAt <= @now AND {LIVES} ORDER BY c.dueAt");
    let query =
        Query::from(query).with_parameter("@now", text(now)).and_then(|query| query.with_parameter("@limit", limit.max(1)));
    let found: Vec<Due> = all(&cosmos.connection, query).await?;
    Ok(found.into_iter().take(limit).map(|due| due.id).collect())
}

/// Calls, the newest first. One that cannot be read is left out: it hides no other.
pub(super) async fn list(cosmos: &Cosmos, page: Page, now: Timestamp) -> Result<Vec<Call>, StoreError> {
    let query = format!("SELECT TOP @limit c.call FROM c WHERE c.created < @before AND {LIVES} ORDER BY c.created DESC");
    let query = Query::from(query)
        .with_parameter("@before", page.before.map_or(text(Timestamp::MAX), text))
        .and_then(|query| query.with_parameter("@now", text(now)))
        .and_then(|query| query.with_parameter("@limit", page.limit));
    let found: Vec<Value> = all(&cosmos.connection, query).await?;
    Ok(found.into_iter().filter_map(|mut item| serde_json::from_value(item["call"].take()).ok()).collect())
}

async fn overwrite(cosmos: &Cosmos, call: &Call, etag: &str, now: Timestamp) -> Result<Version, StoreError> {
    let containers = cosmos.connection.containers().await?;
    cosmos.remembered.forget(&call.key);
    match items::replace(&containers.calls, &Document::of(call, now), etag, &DocumentId::from(&call.key)).await? {
        Written::As(etag) => Ok(stored(cosmos, call, &etag)),
        Written::Refused(found) => {
            remembered(cosmos, &call.key, found);
            Err(StoreError::Conflict((&call.key).into()))
        }
    }
}

/// Remembers a call as it was written.
fn stored(cosmos: &Cosmos, call: &Call, etag: &str) -> Version {
    let version = Version(version(etag, call.expires_at()));
    cosmos.remembered.remember(Stored { call: call.clone(), version: version.clone() });
    version
}

/// Remembers a call as it was read.
fn remembered(cosmos: &Cosmos, key: &CallKey, found: Option<Found<Document<Call>>>) -> Option<Stored> {
    let Some(Found { item, etag }) = found else {
        cosmos.remembered.forget(key);
        return None;
    };
    let version = Version(version(&etag, item.call.expires_at()));
    let stored = Stored { call: item.call, version };
    cosmos.remembered.remember(stored.clone());
    Some(stored)
}
