//! Everything in Azure Cosmos DB: for the bot in Azure, of which there may be many instances.
//!
//! In reading order: the account and how long it may take (`account`), the connection, made in the background (`connection`), how an
//! item is written in place of another (`items`), what this process remembers (`remembered`), calls (`calls`), records (`records`),
//! flows and prompts (`pinned`), switches (`switches`), what can go wrong (`failure`).
//!
//! The program creates no container: an identity may not. Both have the partition key `/id`.
//!
//! | container | time to live | indexed paths |
//! |---|---|---|
//! | `calls` | on, without a default (`defaultTtl` -1) | `/dueAt/?`, `/created/?`, `/recordDueAt/?`, `/recordCreated/?`, `/recordKind/?`; `/*` excluded |
//! | `flows` | off | none: `/*` excluded |

mod account;
mod calls;
mod connection;
mod failure;
mod items;
mod pinned;
mod records;
mod remembered;
mod switches;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;

use self::{account::Account, connection::Connection, remembered::Remembered};
use super::{Calls, Page, Pinned, Record, RecordId, RecordKind, Records, StoreError, Stored, Switches, Version};
use crate::{
    call::{Call, CallKey},
    config::CosmosAccount,
    flow::Flow,
};

/// A store in Azure Cosmos DB.
///
/// It connects in the background. What is asked of it before waits for the connection, for about as long as a request may take.
pub struct Cosmos {
    connection: Connection,
    remembered: Remembered,
}

impl Cosmos {
    /// Begins to connect, and tries until it succeeds; the log says what is wrong meanwhile. Wants a tokio runtime around it.
    pub fn open(account: CosmosAccount) -> Self {
        Self { connection: Connection::begin(Account::new(account)), remembered: Remembered::default() }
    }
}

#[async_trait]
impl Calls for Cosmos {
    async fn load(&self, key: &CallKey, now: Timestamp) -> Result<Option<Stored>, StoreError> {
        calls::load(self, key, now).await
    }

    fn recall(&self, key: &CallKey, now: Timestamp) -> Option<Stored> {
        self.remembered.recall(key).filter(|stored| calls::lives(&stored.call, now))
    }

    async fn create(&self, call: &Call, now: Timestamp) -> Result<Version, StoreError> {
        calls::create(self, call, now).await
    }

    async fn replace(&self, call: &Call, read: &Version, now: Timestamp) -> Result<Version, StoreError> {
        calls::replace(self, call, read, now).await
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<CallKey>, StoreError> {
        calls::due(self, now, limit).await
    }

    async fn list(&self, page: Page, now: Timestamp) -> Result<Vec<Call>, StoreError> {
        calls::list(self, page, now).await
    }
}

#[async_trait]
impl Records for Cosmos {
    async fn load_record(&self, id: &RecordId, now: Timestamp) -> Result<Option<(Record, Version)>, StoreError> {
        records::load(self, id, now).await
    }

    async fn put_record(&self, record: &Record, read: Option<&Version>, now: Timestamp) -> Result<Version, StoreError> {
        match read {
            Some(read) => records::replace(self, record, read, now).await,
            None => records::create(self, record, now).await,
        }
    }

    async fn due_records(&self, now: Timestamp, limit: usize) -> Result<Vec<RecordId>, StoreError> {
        records::due(self, now, limit).await
    }

    async fn list_records(&self, kind: RecordKind, page: Page, now: Timestamp) -> Result<Vec<Record>, StoreError> {
        records::list(self, kind, page, now).await
    }
}

#[async_trait]
impl Switches for Cosmos {
    async fn set_switch(&self, name: &str, is_on: bool) -> Result<(), StoreError> {
        switches::set(&self.connection.containers().await?.flows, name, is_on).await
    }

    async fn is_on(&self, switch: &str) -> Result<bool, StoreError> {
        switches::is_on(&self.connection.containers().await?.flows, switch).await
    }
}

#[async_trait]
impl Pinned for Cosmos {
    async fn pin_flow(&self, flow: &Flow) -> Result<(), StoreError> {
        pinned::pin_flow(&self.connection.containers().await?.flows, flow).await
    }

    async fn flow(&self, version: &str) -> Result<Option<Flow>, StoreError> {
        pinned::flow(&self.connection.containers().await?.flows, version).await
    }

    async fn pin_prompt(&self, sha256: &str, wav: &[u8]) -> Result<(), StoreError> {
        pinned::pin_prompt(&self.connection.containers().await?.flows, sha256, wav).await
    }

    async fn prompt(&self, sha256: &str) -> Result<Option<Bytes>, StoreError> {
        pinned::prompt(&self.connection.containers().await?.flows, sha256).await
    }
}
