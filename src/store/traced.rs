//! A store in Cosmos DB, with a span for each operation and a count of the requests that it took.

use std::{future::Future, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;

use super::{CallStore, Calls, Page, Pinned, Record, RecordId, RecordKind, Records, StoreError, Stored, Switches, Version};
use crate::{
    call::{Call, CallKey},
    flow::Flow,
    telemetry::{Counted, Telemetry, asking, counting, note_requests},
};

/// A [`CallStore`] that is told of.
pub struct Traced {
    store: Arc<dyn CallStore>,
    telemetry: Telemetry,
}

impl Traced {
    /// A store in Cosmos DB, and whom to tell.
    pub fn new(store: Arc<dyn CallStore>, telemetry: Telemetry) -> Self {
        Self { store, telemetry }
    }

    /// What it is called follows <https://opentelemetry.io/docs/specs/semconv/database/cosmosdb/>.
    async fn told<T>(
        &self,
        operation: &'static str,
        container: &'static str,
        deed: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let mut span = asking(|| format!("{operation} {container}"));
        span.set("db.system.name", "azure.cosmosdb");
        span.set("db.operation.name", operation);
        span.set("db.collection.name", container);
        let (done, requests) = counting(deed).await;
        let requests = requests.unwrap_or_default();
        // They are those of the turn around, too.
        note_requests(usize::try_from(requests).unwrap_or_default());
        span.set("switchboard.cosmos.requests", i64::try_from(requests).unwrap_or(i64::MAX));
        let failed = done.as_ref().err().map(kind);
        failed.into_iter().for_each(|how| span.fail(how));
        let about = [("db.operation.name", operation), ("switchboard.outcome", failed.unwrap_or("done"))];
        self.telemetry.count(Counted::CosmosRequests, requests, &about);
        done
    }
}

fn kind(error: &StoreError) -> &'static str {
    match error {
        StoreError::Exists(_) => "exists",
        StoreError::Conflict(_) => "conflict",
        StoreError::Unavailable(_) => "unavailable",
        StoreError::Corrupt { .. } => "corrupt",
    }
}

#[async_trait]
impl Calls for Traced {
    async fn load(&self, key: &CallKey, now: Timestamp) -> Result<Option<Stored>, StoreError> {
        self.told("read_item", "calls", self.store.load(key, now)).await
    }

    fn recall(&self, key: &CallKey, now: Timestamp) -> Option<Stored> {
        self.store.recall(key, now)
    }

    fn is_ours_alone(&self) -> bool {
        self.store.is_ours_alone()
    }

    async fn create(&self, call: &Call, now: Timestamp) -> Result<Version, StoreError> {
        self.told("create_item", "calls", self.store.create(call, now)).await
    }

    async fn replace(&self, call: &Call, read: &Version, now: Timestamp) -> Result<Version, StoreError> {
        self.told("replace_item", "calls", self.store.replace(call, read, now)).await
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<CallKey>, StoreError> {
        self.told("query_items", "calls", self.store.due(now, limit)).await
    }

    async fn list(&self, page: Page, now: Timestamp) -> Result<Vec<Call>, StoreError> {
        self.told("query_items", "calls", self.store.list(page, now)).await
    }
}

#[async_trait]
impl Switches for Traced {
    async fn set_switch(&self, name: &str, is_on: bool) -> Result<(), StoreError> {
        self.told("upsert_item", "flows", self.store.set_switch(name, is_on)).await
    }

    async fn is_on(&self, switch: &str) -> Result<bool, StoreError> {
        self.told("read_item", "flows", self.store.is_on(switch)).await
    }
}

#[async_trait]
impl Pinned for Traced {
    async fn pin_flow(&self, flow: &Flow) -> Result<(), StoreError> {
        self.told("create_item", "flows", self.store.pin_flow(flow)).await
    }

    async fn flow(&self, version: &str) -> Result<Option<Flow>, StoreError> {
        self.told("read_item", "flows", self.store.flow(version)).await
    }

    async fn pin_prompt(&self, sha256: &str, wav: &[u8]) -> Result<(), StoreError> {
        self.told("create_item", "flows", self.store.pin_prompt(sha256, wav)).await
    }

    async fn prompt(&self, sha256: &str) -> Result<Option<Bytes>, StoreError> {
        self.told("read_item", "flows", self.store.prompt(sha256)).await
    }
}

#[async_trait]
impl Records for Traced {
    async fn load_record(&self, id: &RecordId, now: Timestamp) -> Result<Option<(Record, Version)>, StoreError> {
        self.told("read_item", "calls", self.store.load_record(id, now)).await
    }

    async fn put_record(&self, record: &Record, read: Option<&Version>, now: Timestamp) -> Result<Version, StoreError> {
        let operation = if read.is_some() { "replace_item" } else { "create_item" };
        self.told(operation, "calls", self.store.put_record(record, read, now)).await
    }

    async fn due_records(&self, now: Timestamp, limit: usize) -> Result<Vec<RecordId>, StoreError> {
        self.told("query_items", "calls", self.store.due_records(now, limit)).await
    }

    async fn list_records(&self, kind: RecordKind, page: Page, now: Timestamp) -> Result<Vec<Record>, StoreError> {
        self.told("query_items", "calls", self.store.list_records(kind, page, now)).await
    }
}
