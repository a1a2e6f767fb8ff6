//! What cannot be kept at once: answered all the same, and dealt with when it can.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use switchboard::{
    call::{Call, CallKey},
    flow::Flow,
    store::{CallStore, Calls, Page, Pinned, Record, RecordId, RecordKind, Records, StoreError, Stored, Switches, Version},
};

use super::{Door, batch, body::Down, call_id, ring};

/// A store that is down as long as it is told to be.
struct Shaky {
    store: Arc<dyn CallStore>,
    is_down: Arc<AtomicBool>,
}

impl Shaky {
    fn now(&self) -> &dyn CallStore {
        if self.is_down.load(Ordering::SeqCst) { &Down } else { self.store.as_ref() }
    }
}

#[async_trait]
impl Calls for Shaky {
    async fn load(&self, key: &CallKey, now: Timestamp) -> Result<Option<Stored>, StoreError> {
        self.now().load(key, now).await
    }

    async fn create(&self, call: &Call, now: Timestamp) -> Result<Version, StoreError> {
        self.now().create(call, now).await
    }

    async fn replace(&self, call: &Call, read: &Version, now: Timestamp) -> Result<Version, StoreError> {
        self.now().replace(call, read, now).await
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<CallKey>, StoreError> {
        self.now().due(now, limit).await
    }

    async fn list(&self, page: Page, now: Timestamp) -> Result<Vec<Call>, StoreError> {
        self.now().list(page, now).await
    }
}

#[async_trait]
impl Records for Shaky {
    async fn load_record(&self, id: &RecordId, now: Timestamp) -> Result<Option<(Record, Version)>, StoreError> {
        self.now().load_record(id, now).await
    }

    async fn put_record(&self, record: &Record, read: Option<&Version>, now: Timestamp) -> Result<Version, StoreError> {
        self.now().put_record(record, read, now).await
    }

    async fn due_records(&self, now: Timestamp, limit: usize) -> Result<Vec<RecordId>, StoreError> {
        self.now().due_records(now, limit).await
    }

    async fn list_records(&self, kind: RecordKind, page: Page, now: Timestamp) -> Result<Vec<Record>, StoreError> {
        self.now().list_records(kind, page, now).await
    }
}

#[async_trait]
impl Switches for Shaky {
    async fn set_switch(&self, name: &str, is_on: bool) -> Result<(), StoreError> {
        self.now().set_switch(name, is_on).await
    }

    async fn is_on(&self, switch: &str) -> Result<bool, StoreError> {
        self.now().is_on(switch).await
    }
}

#[async_trait]
impl Pinned for Shaky {
    async fn pin_flow(&self, flow: &Flow) -> Result<(), StoreError> {
        self.now().pin_flow(flow).await
    }

    async fn flow(&self, version: &str) -> Result<Option<Flow>, StoreError> {
        self.now().flow(version).await
    }

    async fn pin_prompt(&self, sha256: &str, wav: &[u8]) -> Result<(), StoreError> {
        self.now().pin_prompt(sha256, wav).await
    }

    async fn prompt(&self, sha256: &str) -> Result<Option<Bytes>, StoreError> {
        self.now().prompt(sha256).await
    }
}

#[tokio::test]
async fn what_cannot_be_kept_is_taken_and_dealt_with_when_the_store_is_back() {
    let is_down = Arc::new(AtomicBool::new(true));
    let flag = Arc::clone(&is_down);
    let door = Door::before(|store| Arc::new(Shaky { store, is_down: flag })).await;
    let hold = door.stage.hold();
    let clock = &door.stage.app.clock;
    assert_eq!(door.post(batch(&[ring(&call_id(1))])).await, 202);
    assert_eq!(door.get("/api/health").await.status(), 503);
    is_down.store(false, Ordering::SeqCst);
    assert!(door.call(&call_id(1)).await.is_none());
    let soon = clock.sleep_until(clock.now() + SignedDuration::from_secs(2));
    drop(hold);
    let _awake = soon.await;
    assert!(door.call(&call_id(1)).await.is_some());
}

#[tokio::test]
async fn a_ring_that_is_kept_too_late_for_an_answer_is_missed() {
    let is_down = Arc::new(AtomicBool::new(true));
    let flag = Arc::clone(&is_down);
    let door = Door::before(|store| Arc::new(Shaky { store, is_down: flag })).await;
    let hold = door.stage.hold();
    let clock = &door.stage.app.clock;
    assert_eq!(door.post(batch(&[ring(&call_id(1))])).await, 202);
    let later = clock.sleep_until(clock.now() + SignedDuration::from_secs(20));
    drop(hold);
    let awake = later.await;
    is_down.store(false, Ordering::SeqCst);
    let again = clock.sleep_until(clock.now() + SignedDuration::from_secs(6));
    drop(awake);
    let _awake = again.await;
    let call = door.call(&call_id(1)).await.expect("it is kept");
    assert!(matches!(call.phase, switchboard::call::Phase::Ended { ending: switchboard::call::Ending::Missed, .. }));
    assert!(call.owed.is_empty());
}
