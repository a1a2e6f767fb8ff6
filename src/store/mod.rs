//! Where calls, and the few other things that outlast a turn, are kept between two turns.
//!
//! [`CallStore`] is the promise, in four rooms: [`Calls`], the flows and prompts they are pinned to ([`Pinned`]), the [`Switches`] that
//! flows look at, and [`Records`] of other kinds. Each store keeps it in its own words and passes the same suite:
//!
//! - [`cosmos`] keeps everything in Azure Cosmos DB.
//! - [`embedded`] keeps everything in one file of this machine.
//! - [`memory`] forgets everything, for tests and benchmarks.
//!
//! [`traced`] stands before the first, where anyone wants to know what it is asked.

mod calls;
pub mod cosmos;
pub mod embedded;
pub mod memory;
mod pinned;
#[cfg(test)]
pub(crate) mod promises;
mod records;
mod switches;
pub mod traced;

use jiff::Timestamp;

use crate::call::CallKey;

pub use calls::{Calls, Stored};
pub use cosmos::Cosmos;
pub use embedded::{Embedded, OpenError};
pub use memory::Memory;
pub use pinned::Pinned;
pub use records::{Record, RecordId, RecordKind, Records};
pub use switches::Switches;
pub use traced::Traced;

/// A place for everything that is kept.
///
/// Writes are durable when they return, and take effect only on the version that was read. A document that has expired is as one
/// that never was, from the instant on.
pub trait CallStore: Calls + Pinned + Switches + Records {}

impl<S: Calls + Pinned + Switches + Records> CallStore for S {}

/// What identifies one state of a document: an etag, a counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(pub String);

/// Which documents to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// At most so many.
    pub limit: usize,
    /// Only those made before this instant: the last one of the page before.
    pub before: Option<Timestamp>,
}

/// Which document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentId {
    /// A call.
    Call(CallKey),
    /// A record of another kind.
    Record(RecordId),
}

impl std::fmt::Display for DocumentId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Call(key) => write!(f, "call {key}"),
            Self::Record(id) => write!(f, "{id}"),
        }
    }
}

impl From<&CallKey> for DocumentId {
    fn from(key: &CallKey) -> Self {
        Self::Call(key.clone())
    }
}

impl From<&RecordId> for DocumentId {
    fn from(id: &RecordId) -> Self {
        Self::Record(id.clone())
    }
}

/// Why a store did not do as it was told.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is a document of that name already.
    #[error("{0} is already stored")]
    Exists(DocumentId),
    /// The document has changed since it was read, or is gone.
    #[error("{0} has changed since it was read")]
    Conflict(DocumentId),
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
