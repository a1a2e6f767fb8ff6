//! A store before which the bot can be stopped dead, at one of the things that it does there.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use switchboard::{
    call::{Call, CallKey},
    flow::Flow,
    store::{CallStore, Page, Record, RecordId, RecordKind, StoreError, Stored, Version},
};
use tokio::sync::Notify;

/// Where the bot is stopped: before or after the deed of this number, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) deed: usize,
    pub(crate) is_after: bool,
}

/// A store in which whoever comes to the point stays for ever.
pub(crate) struct Stopper {
    inner: Arc<dyn CallStore>,
    point: Mutex<Option<Point>>,
    stopped: Notify,
}

impl Stopper {
    pub(crate) fn before(inner: Arc<dyn CallStore>) -> Self {
        Self { inner, point: Mutex::default(), stopped: Notify::new() }
    }

    /// From now on the bot is stopped at this point; `None`: nowhere.
    pub(crate) fn stop_at(&self, point: Option<Point>) {
        *self.point.lock().unwrap() = point;
    }

    /// Waits until somebody has come to the point.
    pub(crate) async fn stopped(&self) {
        self.stopped.notified().await;
    }

    async fn deed<T>(&self, deed: impl Future<Output = T>) -> T {
        let is_after = self.comes_to_the_point();
        if is_after == Some(false) {
            self.stay().await;
        }
        let done = deed.await;
        if is_after == Some(true) {
            self.stay().await;
        }
        done
    }

    fn comes_to_the_point(&self) -> Option<bool> {
        let mut point = self.point.lock().unwrap();
        match &mut *point {
            Some(Point { deed: 0, is_after }) => {
                let is_after = *is_after;
                *point = None;
                Some(is_after)
            }
            Some(Point { deed, .. }) => {
                *deed -= 1;
                None
            }
            None => None,
        }
    }

    async fn stay(&self) {
        self.stopped.notify_one();
        std::future::pending().await
    }
}

#[async_trait]
impl switchboard::store::Calls for Stopper {
    async fn load(&self, key: &CallKey, now: Timestamp) -> Result<Option<Stored>, StoreError> {
        self.deed(self.inner.load(key, now)).await
    }

    fn is_ours_alone(&self) -> bool {
        self.inner.is_ours_alone()
    }

    async fn create(&self, call: &Call, now: Timestamp) -> Result<Version, StoreError> {
        self.deed(self.inner.create(call, now)).await
    }

    async fn replace(&self, call: &Call, read: &Version, now: Timestamp) -> Result<Version, StoreError> {
        self.deed(self.inner.replace(call, read, now)).await
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<CallKey>, StoreError> {
        self.inner.due(now, limit).await
    }

    async fn list(&self, page: Page, now: Timestamp) -> Result<Vec<Call>, StoreError> {
        self.inner.list(page, now).await
    }
}

#[async_trait]
impl switchboard::store::Records for Stopper {
    async fn load_record(&self, id: &RecordId, now: Timestamp) -> Result<Option<(Record, Version)>, StoreError> {
        self.deed(self.inner.load_record(id, now)).await
    }

    async fn put_record(&self, record: &Record, read: Option<&Version>, now: Timestamp) -> Result<Version, StoreError> {
        self.deed(self.inner.put_record(record, read, now)).await
    }

    async fn due_records(&self, now: Timestamp, limit: usize) -> Result<Vec<RecordId>, StoreError> {
        self.inner.due_records(now, limit).await
    }

    async fn list_records(&self, kind: RecordKind, page: Page, now: Timestamp) -> Result<Vec<Record>, StoreError> {
        self.inner.list_records(kind, page, now).await
    }
}

#[async_trait]
impl switchboard::store::Switches for Stopper {
    async fn set_switch(&self, name: &str, is_on: bool) -> Result<(), StoreError> {
        self.inner.set_switch(name, is_on).await
    }

    async fn is_on(&self, switch: &str) -> Result<bool, StoreError> {
        self.deed(self.inner.is_on(switch)).await
    }
}

#[async_trait]
impl switchboard::store::Pinned for Stopper {
    async fn pin_flow(&self, flow: &Flow) -> Result<(), StoreError> {
        self.inner.pin_flow(flow).await
    }

    async fn flow(&self, version: &str) -> Result<Option<Flow>, StoreError> {
        self.inner.flow(version).await
    }

    async fn pin_prompt(&self, sha256: &str, wav: &[u8]) -> Result<(), StoreError> {
        self.inner.pin_prompt(sha256, wav).await
    }

    async fn prompt(&self, sha256: &str) -> Result<Option<Bytes>, StoreError> {
        self.inner.prompt(sha256).await
    }
}
