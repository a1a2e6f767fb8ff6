//! A gate before each thing that a turn does to the world: where others come between, and where a turn can be killed.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use switchboard::{
    call::{Call, CallKey},
    flow::Flow,
    store::{Calls, Memory, Page, Pinned, Record, RecordId, RecordKind, Records, StoreError, Stored, Switches, Version},
};

/// What a turn is about to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// Reads the call's document.
    Load,
    /// Writes it.
    Save,
    /// Asks something of Graph, or of where recordings are.
    Ask,
}

/// Decides when a deed is done.
pub(super) trait Gate: Send + Sync {
    /// Waits until the deed may be done; it is done at once then.
    fn pass(&self, deed: Deed) -> BoxFuture<'static, ()>;
}

/// A store in memory behind a gate, which remembers every action that was ever owed.
pub(super) struct GatedStore {
    gate: Arc<dyn Gate>,
    content: Mutex<Content>,
}

#[derive(Default)]
struct Content {
    memory: Arc<Memory>,
    owed: BTreeMap<u32, &'static str>,
}

impl GatedStore {
    pub(super) fn new(gate: Arc<dyn Gate>) -> Self {
        Self { gate, content: Mutex::default() }
    }

    /// Forgets everything.
    pub(super) fn clear(&self) {
        *self.content() = Content::default();
    }

    /// The document, past the gate.
    pub(super) fn peek(&self, key: &CallKey, now: Timestamp) -> Option<Call> {
        let stored = ready(self.memory().load(key, now)).expect("memory does not fail");
        stored.map(|stored| stored.call)
    }

    /// Puts a document there, past the gate.
    pub(super) fn put(&self, call: &Call, now: Timestamp) {
        ready(self.memory().create(call, now)).expect("memory does not fail");
        self.remember(call);
    }

    /// No call was ever stored.
    pub(super) fn is_empty(&self) -> bool {
        self.content().owed.is_empty()
    }

    /// The kind of every action that was ever owed, by its number.
    pub(super) fn ever_owed(&self) -> BTreeMap<u32, &'static str> {
        self.content().owed.clone()
    }

    fn memory(&self) -> Arc<Memory> {
        Arc::clone(&self.content().memory)
    }

    fn remember(&self, call: &Call) {
        self.content().owed.extend(call.owed.iter().map(|owed| (owed.n, owed.action.kind())));
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Calls for GatedStore {
    async fn load(&self, key: &CallKey, now: Timestamp) -> Result<Option<Stored>, StoreError> {
        self.gate.pass(Deed::Load).await;
        self.memory().load(key, now).await
    }

    /// Whoever takes over here follows the one process that there was.
    fn is_ours_alone(&self) -> bool {
        true
    }

    async fn create(&self, call: &Call, now: Timestamp) -> Result<Version, StoreError> {
        self.gate.pass(Deed::Save).await;
        let version = self.memory().create(call, now).await?;
        self.remember(call);
        Ok(version)
    }

    async fn replace(&self, call: &Call, read: &Version, now: Timestamp) -> Result<Version, StoreError> {
        self.gate.pass(Deed::Save).await;
        let version = self.memory().replace(call, read, now).await?;
        self.remember(call);
        Ok(version)
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<CallKey>, StoreError> {
        self.gate.pass(Deed::Load).await;
        self.memory().due(now, limit).await
    }

    async fn list(&self, page: Page, now: Timestamp) -> Result<Vec<Call>, StoreError> {
        self.memory().list(page, now).await
    }
}

#[async_trait]
impl Records for GatedStore {
    async fn load_record(&self, id: &RecordId, now: Timestamp) -> Result<Option<(Record, Version)>, StoreError> {
        self.memory().load_record(id, now).await
    }

    async fn put_record(&self, record: &Record, read: Option<&Version>, now: Timestamp) -> Result<Version, StoreError> {
        self.memory().put_record(record, read, now).await
    }

    async fn due_records(&self, now: Timestamp, limit: usize) -> Result<Vec<RecordId>, StoreError> {
        self.memory().due_records(now, limit).await
    }

    async fn list_records(&self, kind: RecordKind, page: Page, now: Timestamp) -> Result<Vec<Record>, StoreError> {
        self.memory().list_records(kind, page, now).await
    }
}

#[async_trait]
impl Switches for GatedStore {
    async fn set_switch(&self, name: &str, is_on: bool) -> Result<(), StoreError> {
        self.memory().set_switch(name, is_on).await
    }

    async fn is_on(&self, switch: &str) -> Result<bool, StoreError> {
        self.memory().is_on(switch).await
    }
}

#[async_trait]
impl Pinned for GatedStore {
    async fn pin_flow(&self, _: &Flow) -> Result<(), StoreError> {
        Ok(())
    }

    async fn flow(&self, version: &str) -> Result<Option<Flow>, StoreError> {
        self.memory().flow(version).await
    }

    async fn pin_prompt(&self, _: &str, _: &[u8]) -> Result<(), StoreError> {
        Ok(())
    }

    async fn prompt(&self, sha256: &str) -> Result<Option<Bytes>, StoreError> {
        self.memory().prompt(sha256).await
    }
}

/// What comes of something that never waits.
pub(super) fn ready<T>(future: impl Future<Output = T>) -> T {
    futures_util::FutureExt::now_or_never(future).expect("it does not wait")
}
