//! Items of the container `calls`, whatever they hold: each is written in place of the state that was read.

use azure_data_cosmos::{
    CosmosError, Query,
    clients::ContainerClient,
    feed::FeedScope,
    models::ItemResponse,
    options::{ItemWriteOptions, Precondition},
};
use futures_util::TryStreamExt;
use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    connection::Connection,
    failure::{failure, note_failed, noted},
};
use crate::{
    store::{DocumentId, StoreError},
    telemetry::note_requests,
};

/// What one item must say of itself.
pub(super) trait Item {
    /// Its id, which is also its partition key.
    fn id(&self) -> &str;

    /// A fresh mark of each write. The client repeats a write whose outcome it does not know, so that one which has taken effect can
    /// come back as refused: <https://github.com/Azure/azure-sdk-for-rust/issues/3521>
    fn write_id(&self) -> &str;
}

/// An item that was read, expired or not.
pub(super) struct Found<I> {
    pub(super) item: I,
    pub(super) etag: String,
}

/// What came of a write.
pub(super) enum Written<I> {
    /// It took effect; the etag.
    As(String),
    /// It did not: this is there, or nothing is.
    Refused(Option<Found<I>>),
}

/// Reads an item.
pub(super) async fn read<I: DeserializeOwned>(
    calls: &ContainerClient,
    id: &str,
    what: &DocumentId,
) -> Result<Option<Found<I>>, StoreError> {
    let response = match noted(calls.read_item(id.to_owned(), id, None).await) {
        Ok(response) => response,
        Err(error) if error.status().is_not_found() => return Ok(None),
        Err(error) => return Err(failure(&error)),
    };
    let etag = etag_of(&response)?;
    // Not what is there: it could be somebody's number.
    let unreadable = |_| StoreError::Corrupt { what: what.to_string(), why: "its item does not fit".to_owned() };
    Ok(Some(Found { item: response.into_model().map_err(unreadable)?, etag }))
}

/// Writes an item that shall not be there yet. `I` is the item as it is read.
pub(super) async fn create<I: Item + DeserializeOwned>(
    calls: &ContainerClient,
    item: &(impl Item + Serialize),
    what: &DocumentId,
) -> Result<Written<I>, StoreError> {
    let answer = calls.create_item(item.id().to_owned(), item.id(), item, None).await;
    settled(calls, item, what, answer).await
}

/// Writes an item in place of the one of an etag.
pub(super) async fn replace<I: Item + DeserializeOwned>(
    calls: &ContainerClient,
    item: &(impl Item + Serialize),
    etag: &str,
    what: &DocumentId,
) -> Result<Written<I>, StoreError> {
    let as_read = ItemWriteOptions::default().with_precondition(Precondition::if_match(etag));
    let answer = calls.replace_item(item.id().to_owned(), item.id(), item, Some(as_read)).await;
    settled(calls, item, what, answer).await
}

/// A refusal may be the answer to a repetition: what is there then says so.
async fn settled<I: Item + DeserializeOwned>(
    calls: &ContainerClient,
    item: &impl Item,
    what: &DocumentId,
    answer: Result<ItemResponse, CosmosError>,
) -> Result<Written<I>, StoreError> {
    match noted(answer) {
        Ok(response) => return Ok(Written::As(etag_of(&response)?)),
        Err(error) if !is_refusal(&error) => return Err(failure(&error)),
        Err(_) => {}
    }
    match read::<I>(calls, item.id(), what).await? {
        Some(found) if found.item.write_id() == item.write_id() => Ok(Written::As(found.etag)),
        found => Ok(Written::Refused(found)),
    }
}

fn is_refusal(error: &CosmosError) -> bool {
    let status = error.status();
    status.is_conflict() || status.is_precondition_failed() || status.is_not_found()
}

fn etag_of(response: &ItemResponse) -> Result<String, StoreError> {
    let etag = response.headers().etag();
    etag.map(ToString::to_string).ok_or_else(|| StoreError::Unavailable("Cosmos DB answers without an etag".to_owned()))
}

/// Everything that a query finds, in whichever partition.
pub(super) async fn all<T>(connection: &Connection, query: Result<Query, CosmosError>) -> Result<Vec<T>, StoreError>
where
    T: DeserializeOwned + Send + 'static,
{
    let containers = connection.containers().await?;
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

/// An instant as text of one length, which sorts as time goes on, to the nanosecond. A number of JSON does not reach so far.
pub(super) fn text(at: Timestamp) -> String {
    format!("{at:.9}")
}

/// Whole seconds, at least one: the account takes no 0.
pub(super) fn seconds_until(at: Timestamp, now: Timestamp) -> u32 {
    let left = at.duration_since(now).saturating_add(SignedDuration::from_nanos(999_999_999));
    u32::try_from(left.as_secs()).unwrap_or(0).clamp(1, i32::MAX.unsigned_abs())
}

/// A mark that no other write has.
pub(super) fn fresh_mark() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// The etag and, where there is one, the instant from which on it is worth nothing.
pub(super) fn version(etag: &str, expires_at: Option<Timestamp>) -> String {
    match expires_at {
        Some(at) => format!("{etag} {}", text(at)),
        None => etag.to_owned(),
    }
}

/// The etag of a version; `None` where what it was read from has expired since, though the account may still have it.
pub(super) fn etag(version: &str, now: Timestamp) -> Option<&str> {
    match version.split_once(' ') {
        Some((_, expires_at)) if *expires_at <= *text(now) => None,
        Some((etag, _)) => Some(etag),
        None => Some(version),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn instant() -> impl Strategy<Value = Timestamp> {
        (0..253_402_207_200_i64, 0..1_000_000_000_i32).prop_map(|(s, ns)| Timestamp::new(s, ns).unwrap())
    }

    proptest! {
        #[test]
        fn texts_sort_as_the_instants_do(a in instant(), b in instant()) {
            prop_assert_eq!(text(a).cmp(&text(b)), a.cmp(&b));
        }

        #[test]
        fn the_account_never_removes_an_item_too_early(at in instant(), now in instant()) {
            let removed = now.saturating_add(SignedDuration::from_secs(seconds_until(at, now).into())).unwrap();
            prop_assert!(removed >= at || at.duration_since(now).as_secs() >= i64::from(i32::MAX));
        }
    }
}
