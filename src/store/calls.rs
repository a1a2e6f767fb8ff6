//! Calls, one document each.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Page, StoreError, Version};
use crate::call::{Call, CallKey};

/// A call and the version it was read at.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// The call.
    pub call: Call,
    /// Its version.
    pub version: Version,
}

/// A place for call documents.
#[async_trait]
pub trait Calls: Send + Sync {
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
}
