//! The container `calls`: one item for each call.

use azure_data_cosmos::{
    CosmosError, Query,
    feed::FeedScope,
    models::ItemResponse,
    options::{ItemWriteOptions, Precondition},
};
use futures_util::TryStreamExt;
use jiff::Timestamp;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    Cosmos,
    account::Containers,
    document::{Document, lives, text},
    failure::{failure, note_failed, noted},
};
use crate::{
    call::{Call, CallKey},
    store::{Page, StoreError, Stored, Version},
    telemetry::note_requests,
};

/// Which items have not expired at `@now`.
const LIVES: &str = "(NOT IS_DEFINED(c.expiresAt) OR c.expiresAt > @now)";

/// What came of a write.
enum Written {
    /// It took effect.
    As(Version),
    /// There is something else there than was expected, or our own write, which the client has repeated.
    Refused,
}

/// An item that was read.
struct Found {
    stored: Stored,
    etag: String,
    write_id: String,
}

/// Reads a call.
pub(super) async fn load(cosmos: &Cosmos, key: &CallKey, now: Timestamp) -> Result<Option<Stored>, StoreError> {
    let containers = cosmos.connection.containers().await?;
    let found = read(cosmos, &containers, key).await?;
    Ok(found.map(|found| found.stored).filter(|stored| lives(&stored.call, now)))
}

/// Stores a new call.
pub(super) async fn create(cosmos: &Cosmos, call: &Call, now: Timestamp) -> Result<Version, StoreError> {
    let containers = cosmos.connection.containers().await?;
    let document = Document::of(call, now);
    let answer = containers.calls.create_item(document.id.clone(), &document.id, &document, None).await;
    if let Written::As(version) = written(cosmos, call, answer)? {
        return Ok(version);
    }
    match read(cosmos, &containers, &call.key).await? {
        Some(found) if found.write_id == document.write_id => Ok(found.stored.version),
        Some(found) if !lives(&found.stored.call, now) => overwrite(cosmos, call, &found.etag, now).await,
        Some(_) => Err(StoreError::Exists(call.key.clone())),
        None => Err(StoreError::Unavailable(format!("call {} was there and is gone", call.key))),
    }
}

/// Stores a call in place of the version that was read. What has expired since is no longer there, though the account may still have it.
pub(super) async fn replace(cosmos: &Cosmos, call: &Call, read_at: &Version, now: Timestamp) -> Result<Version, StoreError> {
    let (etag, has_expired) = match read_at.0.split_once(' ') {
        Some((etag, expires_at)) => (etag, *expires_at <= *text(now)),
        None => (read_at.0.as_str(), false),
    };
    match has_expired {
        true => Err(StoreError::Conflict(call.key.clone())),
        false => overwrite(cosmos, call, etag, now).await,
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
    let found: Vec<Due> = all(cosmos, query).await?;
    Ok(found.into_iter().take(limit).map(|due| due.id).collect())
}

/// Calls, the newest first. One that cannot be read is left out: it hides no other.
pub(super) async fn list(cosmos: &Cosmos, page: Page, now: Timestamp) -> Result<Vec<Call>, StoreError> {
    let query = format!("SELECT TOP @limit c.call FROM c WHERE c.created < @before AND {LIVES} ORDER BY c.created DESC");
    let query = Query::from(query)
        .with_parameter("@before", page.before.map_or(text(Timestamp::MAX), text))
        .and_then(|query| query.with_parameter("@now", text(now)))
        .and_then(|query| query.with_parameter("@limit", page.limit));
    let found: Vec<Value> = all(cosmos, query).await?;
    Ok(found.into_iter().filter_map(|mut item| serde_json::from_value(item["call"].take()).ok()).collect())
}

async fn overwrite(cosmos: &Cosmos, call: &Call, etag: &str, now: Timestamp) -> Result<Version, StoreError> {
    let containers = cosmos.connection.containers().await?;
    let document = Document::of(call, now);
    let as_read = ItemWriteOptions::default().with_precondition(Precondition::if_match(etag));
    let answer = containers.calls.replace_item(document.id.clone(), &document.id, &document, Some(as_read)).await;
    if let Written::As(version) = written(cosmos, call, answer)? {
        return Ok(version);
    }
    match read(cosmos, &containers, &call.key).await? {
        Some(found) if found.write_id == document.write_id => Ok(found.stored.version),
        _ => Err(StoreError::Conflict(call.key.clone())),
    }
}

/// Whether a write took effect. What is uncertain is no longer remembered.
fn written(cosmos: &Cosmos, call: &Call, answer: Result<ItemResponse, CosmosError>) -> Result<Written, StoreError> {
    cosmos.remembered.forget(&call.key);
    match noted(answer) {
        Ok(response) => {
            let version = version(&etag_of(&response)?, call);
            cosmos.remembered.remember(Stored { call: call.clone(), version: version.clone() });
            Ok(Written::As(version))
        }
        Err(error) if is_refusal(&error) => Ok(Written::Refused),
        Err(error) => Err(failure(&error)),
    }
}

fn is_refusal(error: &CosmosError) -> bool {
    let status = error.status();
    status.is_conflict() || status.is_precondition_failed() || status.is_not_found()
}

/// Reads an item, expired or not.
async fn read(cosmos: &Cosmos, containers: &Containers, key: &CallKey) -> Result<Option<Found>, StoreError> {
    let response = match noted(containers.calls.read_item(key.as_str().to_owned(), key.as_str(), None).await) {
        Ok(response) => response,
        Err(error) if error.status().is_not_found() => {
            cosmos.remembered.forget(key);
            return Ok(None);
        }
        Err(error) => return Err(failure(&error)),
    };
    let etag = etag_of(&response)?;
    let document: Document<Call> = response.into_model().map_err(|_| unreadable(key))?;
    let stored = Stored { version: version(&etag, &document.call), call: document.call };
    cosmos.remembered.remember(stored.clone());
    Ok(Some(Found { stored, etag, write_id: document.write_id }))
}

fn etag_of(response: &ItemResponse) -> Result<String, StoreError> {
    let etag = response.headers().etag();
    etag.map(ToString::to_string).ok_or_else(|| StoreError::Unavailable("Cosmos DB answers without an etag".to_owned()))
}

/// The etag and, where there is one, the instant from which on it is worth nothing.
fn version(etag: &str, call: &Call) -> Version {
    Version(match call.expires_at() {
        Some(at) => format!("{etag} {}", text(at)),
        None => etag.to_owned(),
    })
}

/// Not what is there: it could be somebody's number.
fn unreadable(key: &CallKey) -> StoreError {
    StoreError::Corrupt { what: format!("call {key}"), why: "its item does not fit".to_owned() }
}

/// Everything that a query finds, in whichever partition.
async fn all<T>(cosmos: &Cosmos, query: Result<Query, CosmosError>) -> Result<Vec<T>, StoreError>
where
    T: DeserializeOwned + Send + 'static,
{
    let containers = cosmos.connection.containers().await?;
    let query = query.map_err(|error| failure(&error))?;
    let told = |error: CosmosError| {
        note_failed(&error);
        failure(&error)
    };
    let found = containers.calls.query_items::<T>(query, FeedScope::full_container(), None).await.map_err(told)?;
    let mut pages = found.into_pages();
    let mut items = Vec::new();
    while let Some(page) = pages.try_next().await.map_err(told)? {
        note_requests(page.diagnostics().request_count());
        items.extend(page.into_items());
    }
    Ok(items)
}
