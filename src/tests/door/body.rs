//! What is taken, and in which order the door looks.

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use switchboard::{
    call::{Call, CallKey},
    flow::Flow,
    functions::notifications::LARGEST_BODY,
    store::{Calls, Page, Pinned, Record, RecordId, RecordKind, Records, StoreError, Stored, Switches, Version},
};

use super::{Door, about, batch, call_id, end, ring};

const LEGACY: &str = include_str!("../fixtures/legacy/first_notification.json");

async fn knows_no_call(door: &Door) -> bool {
    let all = Page { limit: 10, before: None };
    door.stage.app.store.list(all, door.stage.app.clock.now()).await.unwrap().is_empty()
}

#[tokio::test]
async fn a_body_too_large_is_refused_before_anybody_asks_who_sent_it() {
    let door = Door::open().await;
    let post = async |bytes: usize| door.post_as(None, "/api/notifications", vec![b' '; bytes]).await;
    assert_eq!(post(LARGEST_BODY + 1).await, 413);
    assert_eq!(post(LARGEST_BODY).await, 204, "only blanks: as good as empty");
}

#[tokio::test]
async fn an_empty_body_is_answered_204_and_touches_nothing() {
    let door = Door::open().await;
    assert_eq!(door.post_as(None, "/api/notifications", "").await, 204);
    assert_eq!(door.post_as(None, "/api/notifications", "\u{feff} \r\n").await, 204);
    assert_eq!(door.post("").await, 204);
    assert!(knows_no_call(&door).await);
}

#[tokio::test]
async fn the_older_first_notification_is_answered_204_and_touches_nothing() {
    let door = Door::open().await;
    assert_eq!(door.post_as(None, "/api/notifications", LEGACY).await, 204);
    assert_eq!(door.post(LEGACY).await, 204);
    assert!(knows_no_call(&door).await);
}

#[tokio::test]
async fn rubbish_is_told_to_a_stranger_as_to_any_stranger_and_to_the_platform_as_rubbish() {
    let door = Door::open().await;
    for rubbish in ["{", "[]", "null", "{}", "{\"value\":1}", "hello"] {
        assert_eq!(door.post_as(None, "/api/notifications", rubbish).await, 401, "{rubbish}");
        assert_eq!(door.post(rubbish).await, 400, "{rubbish}");
    }
}

#[tokio::test]
async fn a_batch_of_nothing_is_taken() {
    let door = Door::open().await;
    assert_eq!(door.post(batch(&[])).await, 202);
}

#[tokio::test]
async fn more_notifications_than_anyone_sends_are_refused_whole() {
    let door = Door::open().await;
    let items: Vec<_> = (0..600).map(|n| end(&call_id(n))).collect();
    assert_eq!(door.post(batch(&items)).await, 400);
}

#[tokio::test]
async fn an_item_that_cannot_be_read_spoils_no_other() {
    let door = Door::open().await;
    let items = [
        about("created", "", serde_json::json!({})),
        ring(&call_id(1)),
        serde_json::json!(["not", "an", "object"]),
        about("vanished", &call_id(2), serde_json::Value::Null),
        ring(&call_id(3)),
    ];
    assert_eq!(door.post(batch(&items)).await, 202);
    assert!(door.call(&call_id(1)).await.is_some());
    assert!(door.call(&call_id(2)).await.is_none());
    assert!(door.call(&call_id(3)).await.is_some());
}

/// A store that cannot be reached.
pub(super) struct Down;

fn down<T>() -> Result<T, StoreError> {
    Err(StoreError::Unavailable("it is down".to_owned()))
}

#[async_trait]
impl Calls for Down {
    async fn load(&self, _: &CallKey, _: Timestamp) -> Result<Option<Stored>, StoreError> {
        down()
    }

    async fn create(&self, _: &Call, _: Timestamp) -> Result<Version, StoreError> {
        down()
    }

    async fn replace(&self, _: &Call, _: &Version, _: Timestamp) -> Result<Version, StoreError> {
        down()
    }

    async fn due(&self, _: Timestamp, _: usize) -> Result<Vec<CallKey>, StoreError> {
        down()
    }

    async fn list(&self, _: Page, _: Timestamp) -> Result<Vec<Call>, StoreError> {
        down()
    }
}

#[async_trait]
impl Records for Down {
    async fn load_record(&self, _: &RecordId, _: Timestamp) -> Result<Option<(Record, Version)>, StoreError> {
        down()
    }

    async fn put_record(&self, _: &Record, _: Option<&Version>, _: Timestamp) -> Result<Version, StoreError> {
        down()
    }

    async fn due_records(&self, _: Timestamp, _: usize) -> Result<Vec<RecordId>, StoreError> {
        down()
    }

    async fn list_records(&self, _: RecordKind, _: Page, _: Timestamp) -> Result<Vec<Record>, StoreError> {
        down()
    }
}

#[async_trait]
impl Switches for Down {
    async fn set_switch(&self, _: &str, _: bool) -> Result<(), StoreError> {
        down()
    }

    async fn is_on(&self, _: &str) -> Result<bool, StoreError> {
        down()
    }
}

#[async_trait]
impl Pinned for Down {
    async fn pin_flow(&self, _: &Flow) -> Result<(), StoreError> {
        down()
    }

    async fn flow(&self, _: &str) -> Result<Option<Flow>, StoreError> {
        down()
    }

    async fn pin_prompt(&self, _: &str, _: &[u8]) -> Result<(), StoreError> {
        down()
    }

    async fn prompt(&self, _: &str) -> Result<Option<Bytes>, StoreError> {
        down()
    }
}
