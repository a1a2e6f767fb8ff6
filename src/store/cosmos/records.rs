//! Records: one item each in the container `calls` too. Their ids have a dot, as no call's has, and their properties other names, so
//! that no question for calls finds one.

use azure_data_cosmos::Query;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Cosmos,
    items::{self, Found, Item, Written, all, etag, fresh_mark, seconds_until, text, version},
};
use crate::store::{DocumentId, Page, Record, RecordId, RecordKind, StoreError, Version};

/// Which items have not expired at `@now`.
const LIVES: &str = "(NOT IS_DEFINED(c.recordExpiresAt) OR c.recordExpiresAt > @now)";

/// One item: the record, and beside it what the account itself must understand.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    /// Kind and name of the record; also the partition key.
    id: String,
    /// How long the account keeps the item, in seconds from this write on; for ever where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<u32>,
    /// [`Record::due_at`], see [`text`].
    #[serde(skip_serializing_if = "Option::is_none")]
    record_due_at: Option<String>,
    /// [`Record::expires_at`], see [`text`].
    #[serde(skip_serializing_if = "Option::is_none")]
    record_expires_at: Option<String>,
    /// [`Record::created`], see [`text`].
    record_created: String,
    /// The kind's name.
    record_kind: String,
    /// See [`Item::write_id`].
    write_id: String,
    /// The record.
    record: Record,
}

impl Document {
    /// The item of a record that is written now.
    fn of(record: &Record, now: Timestamp) -> Self {
        Self {
            id: record.id.word(),
            ttl: record.expires_at.map(|at| seconds_until(at, now)),
            record_due_at: record.due_at.map(text),
            record_expires_at: record.expires_at.map(text),
            record_created: text(record.created),
            record_kind: record.id.kind().name().to_owned(),
            write_id: fresh_mark(),
            record: record.clone(),
        }
    }
}

impl Item for Document {
    fn id(&self) -> &str {
        &self.id
    }

    fn write_id(&self) -> &str {
        &self.write_id
    }
}

/// Reads a record.
pub(super) async fn load(cosmos: &Cosmos, id: &RecordId, now: Timestamp) -> Result<Option<(Record, Version)>, StoreError> {
    let containers = cosmos.connection.containers().await?;
    let found: Option<Found<Document>> = items::read(&containers.calls, &id.word(), &id.into()).await?;
    let living = found.filter(|found| lives(&found.item.record, now));
    Ok(living.map(|Found { item, etag }| {
        let version = Version(version(&etag, item.record.expires_at));
        (item.record, version)
    }))
}

/// Stores a new record.
pub(super) async fn create(cosmos: &Cosmos, record: &Record, now: Timestamp) -> Result<Version, StoreError> {
    let containers = cosmos.connection.containers().await?;
    match items::create::<Document>(&containers.calls, &Document::of(record, now), &DocumentId::from(&record.id)).await? {
        Written::As(etag) => Ok(Version(version(&etag, record.expires_at))),
        Written::Refused(Some(found)) if !lives(&found.item.record, now) => overwrite(cosmos, record, &found.etag, now).await,
        Written::Refused(Some(_)) => Err(StoreError::Exists((&record.id).into())),
        Written::Refused(None) => Err(StoreError::Unavailable(format!("{} was there and is gone", record.id))),
    }
}

/// Stores a record in place of the version that was read.
pub(super) async fn replace(cosmos: &Cosmos, record: &Record, read: &Version, now: Timestamp) -> Result<Version, StoreError> {
    match etag(&read.0, now) {
        Some(etag) => overwrite(cosmos, record, etag, now).await,
        None => Err(StoreError::Conflict((&record.id).into())),
    }
}

/// Records that are due, in one query.
pub(super) async fn due(cosmos: &Cosmos, now: Timestamp, limit: usize) -> Result<Vec<RecordId>, StoreError> {
    #[derive(Deserialize)]
    struct Due {
        id: RecordId,
    }
    let query = format!("SELECT TOP @limit c.id FROM c WHERE c.recordDueAt <= @now AND {LIVES} ORDER BY c.recordDueAt");
    let query =
        Query::from(query).with_parameter("@now", text(now)).and_then(|query| query.with_parameter("@limit", limit.max(1)));
    let found: Vec<Due> = all(&cosmos.connection, query).await?;
    Ok(found.into_iter().take(limit).map(|due| due.id).collect())
}

/// Records of a kind, the newest first. One that cannot be read is left out: it hides no other.
pub(super) async fn list(cosmos: &Cosmos, kind: RecordKind, page: Page, now: Timestamp) -> Result<Vec<Record>, StoreError> {
    let query = format!(
        "SELECT TOP @limit c.record FROM c WHERE c.recordKind = @kind AND c.recordCreated < @before AND {LIVES} \
         ORDER BY c.recordCreated DESC"
    );
    let query = Query::from(query)
        .with_parameter("@kind", kind.name())
        .and_then(|query| query.with_parameter("@before", page.before.map_or(text(Timestamp::MAX), text)))
        .and_then(|query| query.with_parameter("@now", text(now)))
        .and_then(|query| query.with_parameter("@limit", page.limit));
    let found: Vec<Value> = all(&cosmos.connection, query).await?;
    Ok(found.into_iter().filter_map(|mut item| serde_json::from_value(item["record"].take()).ok()).collect())
}

async fn overwrite(cosmos: &Cosmos, record: &Record, etag: &str, now: Timestamp) -> Result<Version, StoreError> {
    let containers = cosmos.connection.containers().await?;
    match items::replace::<Document>(&containers.calls, &Document::of(record, now), etag, &DocumentId::from(&record.id)).await? {
        Written::As(etag) => Ok(Version(version(&etag, record.expires_at))),
        Written::Refused(_) => Err(StoreError::Conflict((&record.id).into())),
    }
}

fn lives(record: &Record, now: Timestamp) -> bool {
    record.expires_at.is_none_or(|at| at > now)
}
