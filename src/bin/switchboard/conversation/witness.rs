//! Watches what the bot stores, from before its store.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use switchboard::{
    call::{Call, CallKey},
    flow::Flow,
    ordering,
    store::{CallStore, Calls, Page, Pinned, Record, RecordId, RecordKind, Records, StoreError, Stored, Switches, Version},
};
use tokio::sync::Mutex;

use super::listener::{Kept, Listener, Sources};

/// A store that tells of each write that landed.
pub(crate) struct Witness {
    store: Arc<dyn CallStore>,
    sources: Sources,
    /// One write at a time, so that they are told in the order in which they landed.
    writing: Mutex<()>,
}

impl Witness {
    /// Watches `store` for a listener.
    pub(crate) fn before(store: Arc<dyn CallStore>, listener: &Listener) -> Self {
        Self { store, sources: listener.sources(), writing: Mutex::default() }
    }
}

#[async_trait]
impl Calls for Witness {
    async fn load(&self, key: &CallKey, now: Timestamp) -> Result<Option<Stored>, StoreError> {
        self.store.load(key, now).await
    }

    async fn create(&self, call: &Call, now: Timestamp) -> Result<Version, StoreError> {
        let _writing = self.writing.lock().await;
        let version = self.store.create(call, now).await?;
        self.sources.keep(Kept { at: now, call: call.clone() });
        Ok(version)
    }

    async fn replace(&self, call: &Call, read: &Version, now: Timestamp) -> Result<Version, StoreError> {
        let _writing = self.writing.lock().await;
        let version = self.store.replace(call, read, now).await?;
        self.sources.keep(Kept { at: now, call: call.clone() });
        Ok(version)
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<CallKey>, StoreError> {
        self.store.due(now, limit).await
    }

    async fn list(&self, page: Page, now: Timestamp) -> Result<Vec<Call>, StoreError> {
        self.store.list(page, now).await
    }
}

#[async_trait]
impl Records for Witness {
    async fn load_record(&self, id: &RecordId, now: Timestamp) -> Result<Option<(Record, Version)>, StoreError> {
        self.store.load_record(id, now).await
    }

    async fn put_record(&self, record: &Record, read: Option<&Version>, now: Timestamp) -> Result<Version, StoreError> {
        let _writing = self.writing.lock().await;
        let version = self.store.put_record(record, read, now).await?;
        if let (RecordKind::Order, Ok(order)) = (record.id.kind(), ordering::of_record(record.clone())) {
            self.sources.order(order, now);
        }
        Ok(version)
    }

    async fn due_records(&self, now: Timestamp, limit: usize) -> Result<Vec<RecordId>, StoreError> {
        self.store.due_records(now, limit).await
    }

    async fn list_records(&self, kind: RecordKind, page: Page, now: Timestamp) -> Result<Vec<Record>, StoreError> {
        self.store.list_records(kind, page, now).await
    }
}

#[async_trait]
impl Switches for Witness {
    async fn set_switch(&self, name: &str, is_on: bool) -> Result<(), StoreError> {
        self.store.set_switch(name, is_on).await
    }

    async fn is_on(&self, switch: &str) -> Result<bool, StoreError> {
        self.store.is_on(switch).await
    }
}

#[async_trait]
impl Pinned for Witness {
    async fn pin_flow(&self, flow: &Flow) -> Result<(), StoreError> {
        self.store.pin_flow(flow).await
    }

    async fn flow(&self, version: &str) -> Result<Option<Flow>, StoreError> {
        self.store.flow(version).await
    }

    async fn pin_prompt(&self, sha256: &str, wav: &[u8]) -> Result<(), StoreError> {
        self.store.pin_prompt(sha256, wav).await
    }

    async fn prompt(&self, sha256: &str) -> Result<Option<Bytes>, StoreError> {
        self.store.prompt(sha256).await
    }
}
