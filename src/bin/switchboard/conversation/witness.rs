//! Watches what the bot stores, from before its store.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use switchboard::{
    call::{Call, CallKey},
    flow::Flow,
    store::{CallStore, Page, StoreError, Stored, Version},
};
use tokio::sync::mpsc::UnboundedSender;

/// A document as it was stored, and when.
pub(crate) struct Kept {
    pub(crate) at: Timestamp,
    pub(crate) call: Call,
}

/// A store that tells of each write that landed.
pub(crate) struct Witness {
    pub(crate) store: Arc<dyn CallStore>,
    pub(crate) kept: UnboundedSender<Kept>,
}

impl Witness {
    fn tell(&self, call: &Call, at: Timestamp) {
        // Who no longer listens has seen enough.
        let _ = self.kept.send(Kept { at, call: call.clone() });
    }
}

#[async_trait]
impl CallStore for Witness {
    async fn load(&self, key: &CallKey, now: Timestamp) -> Result<Option<Stored>, StoreError> {
        self.store.load(key, now).await
    }

    async fn create(&self, call: &Call, now: Timestamp) -> Result<Version, StoreError> {
        let version = self.store.create(call, now).await?;
        self.tell(call, now);
        Ok(version)
    }

    async fn replace(&self, call: &Call, read: &Version, now: Timestamp) -> Result<Version, StoreError> {
        let version = self.store.replace(call, read, now).await?;
        self.tell(call, now);
        Ok(version)
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<CallKey>, StoreError> {
        self.store.due(now, limit).await
    }

    async fn list(&self, page: Page, now: Timestamp) -> Result<Vec<Call>, StoreError> {
        self.store.list(page, now).await
    }

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
