//! Records: small documents of other kinds than a call, each with a version of its own.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Page, StoreError, Version};
use crate::call::{BadId, CallKey};

/// What kind of thing a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKind {
    /// An order: whom to ring until one acknowledges.
    Order,
    /// What the limits on calling out did not let the bot place.
    Refusals,
    /// A seat in a meeting: which call of a flow has it.
    Seat,
    /// What was placed of late, which the limits on calling out count.
    Tally,
}

impl RecordKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Order, Self::Refusals, Self::Seat, Self::Tally];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Refusals => "refusals",
            Self::Seat => "seat",
            Self::Tally => "tally",
        }
    }
}

/// What a record is found by: its kind, and its name among those.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RecordId {
    kind: RecordKind,
    name: String,
}

impl RecordId {
    /// The record of a kind that has this name: in the form of a call's key, so that it fits wherever one does.
    ///
    /// # Errors
    /// [`BadId`] where the name is empty, too long or holds other characters.
    pub fn new(kind: RecordKind, name: &str) -> Result<Self, BadId> {
        CallKey::parse(name).map(|name| Self { kind, name: name.as_str().to_owned() })
    }

    /// Its kind.
    pub fn kind(&self) -> RecordKind {
        self.kind
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Both in one word, such as `order.7f3a`; no call's key has a dot.
    pub(super) fn word(&self) -> String {
        format!("{}.{}", self.kind.name(), self.name)
    }

    /// The record of such a word.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        let (kind, name) = word.split_once('.')?;
        let kind = RecordKind::ALL.into_iter().find(|known| known.name() == kind)?;
        Self::new(kind, name).ok()
    }
}

impl TryFrom<String> for RecordId {
    type Error = BadId;

    fn try_from(word: String) -> Result<Self, BadId> {
        Self::of_word(&word).ok_or(BadId)
    }
}

impl From<RecordId> for String {
    fn from(id: RecordId) -> Self {
        id.word()
    }
}

/// The only record of its kind.
impl From<RecordKind> for RecordId {
    fn from(kind: RecordKind) -> Self {
        Self { kind, name: kind.name().to_owned() }
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.name(), self.name)
    }
}

/// A record: what the store must understand of it, and what only its owner does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// What it is found by.
    pub id: RecordId,
    /// When it was made.
    pub created: Timestamp,
    /// When it wants to be looked at; `None`: never.
    pub due_at: Option<Timestamp>,
    /// From when on it is as if it had never been; `None`: never.
    pub expires_at: Option<Timestamp>,
    /// What it holds.
    pub body: Value,
}

/// A place for records.
#[async_trait]
pub trait Records: Send + Sync {
    /// Reads a record, freshly, and its version.
    async fn load_record(&self, id: &RecordId, now: Timestamp) -> Result<Option<(Record, Version)>, StoreError>;

    /// Stores a record in place of the version that was read, else [`StoreError::Conflict`]; a new one where none was read, else
    /// [`StoreError::Exists`].
    async fn put_record(&self, record: &Record, read: Option<&Version>, now: Timestamp) -> Result<Version, StoreError>;

    /// Records whose [`Record::due_at`] is not after `now`, the most overdue first.
    async fn due_records(&self, now: Timestamp, limit: usize) -> Result<Vec<RecordId>, StoreError>;

    /// Records of a kind, the newest first.
    async fn list_records(&self, kind: RecordKind, page: Page, now: Timestamp) -> Result<Vec<Record>, StoreError>;
}
