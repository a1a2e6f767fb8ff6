//! Where calls are kept between two turns.
//!
//! [`CallStore`] is the promise; each store keeps it in its own words and passes the same suite:
//!
//! - [`cosmos`] keeps calls in Azure Cosmos DB.
//! - [`embedded`] keeps calls in one file of this machine.
//! - [`memory`] forgets everything, for tests and benchmarks.
//!
//! [`traced`] stands before the first, where anyone wants to know what it is asked.

pub mod cosmos;
pub mod embedded;
pub mod memory;
#[cfg(test)]
pub(crate) mod promises;
pub mod traced;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    call::{Call, CallKey},
    flow::Flow,
};

pub use cosmos::Cosmos;
pub use embedded::{Embedded, OpenError};
pub use memory::Memory;
pub use traced::Traced;

/// What identifies one state of a document: an etag, a counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(pub String);

/// A document and the version it was read at.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// The call.
    pub call: Call,
    /// Its version.
    pub version: Version,
}

/// Why a store did not do as it was told.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is a document of that key already.
    #[error("call {0} is already stored")]
    Exists(CallKey),
    /// The document has changed since it was read, or is gone.
    #[error("call {0} has changed since it was read")]
    Conflict(CallKey),
    /// The store cannot be reached, or is too slow: worth asking again.
    #[error("the store does not answer: {0}")]
    Unavailable(String),
    /// What is stored cannot be read: asking again is of no use.
    #[error("what is stored of {what} cannot be read: {why}")]
    Corrupt {
        /// Which document.
        what: String,
        /// Why not.
        why: String,
    },
}

/// Which calls to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// At most so many.
    pub limit: usize,
    /// Only calls made before this instant: the last one of the page before.
    pub before: Option<Timestamp>,
}

/// A place for call documents, the flow versions they are pinned to, and the switches that flows look at.
///
/// Writes are durable when they return, and take effect only on the version that was read. A document that has expired is as one
/// that never was, from the instant on.
#[async_trait]
pub trait CallStore: Send + Sync {
    /// Reads a call, freshly.
    async fn load(&self, key: &CallKey, now: Timestamp) -> Result<Option<Stored>, StoreError>;

    /// What this process remembers of a call from the last time it read or wrote it: free to ask for, but others may have changed it
    /// since. A write finds that out. `None` where nothing is remembered, as in a store that reads at once.
    fn recall(&self, _key: &CallKey, _now: Timestamp) -> Option<Stored> {
        None
    }

    /// No other process uses this store while this one does: what it says of somebody at work, when it is opened, is out of date.
    fn is_ours_alone(&self) -> bool {
        false
    }

    /// Stores a new call. [`StoreError::Exists`] where there is one of that key that has not expired.
    async fn create(&self, call: &Call, now: Timestamp) -> Result<Version, StoreError>;

    /// Stores a call in place of the version that was read, else [`StoreError::Conflict`].
    async fn replace(&self, call: &Call, read: &Version, now: Timestamp) -> Result<Version, StoreError>;

    /// Calls whose [`Call::due_at`] is not after `now`, the most overdue first.
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<CallKey>, StoreError>;

    /// Calls, the newest first.
    async fn list(&self, page: Page, now: Timestamp) -> Result<Vec<Call>, StoreError>;

    /// Turns a switch on or off.
    async fn set_switch(&self, name: &str, is_on: bool) -> Result<(), StoreError>;

    /// Whether a switch is on, freshly. One that was never set is off.
    async fn is_on(&self, switch: &str) -> Result<bool, StoreError>;

    /// Stores a flow under its version; the same version again changes nothing.
    async fn pin_flow(&self, flow: &Flow) -> Result<(), StoreError>;

    /// Reads a flow by its version.
    async fn flow(&self, version: &str) -> Result<Option<Flow>, StoreError>;

    /// Stores a prompt's bytes under their SHA-256; the same again changes nothing.
    async fn pin_prompt(&self, sha256: &str, wav: &[u8]) -> Result<(), StoreError>;

    /// Reads a prompt by its SHA-256.
    async fn prompt(&self, sha256: &str) -> Result<Option<bytes::Bytes>, StoreError>;
}
