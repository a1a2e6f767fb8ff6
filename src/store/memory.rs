//! Everything in memory, for tests and benchmarks: forgets it when it is dropped.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;

use super::{Calls, DocumentId, Page, Pinned, Record, RecordId, RecordKind, Records, StoreError, Stored, Switches, Version};
use crate::{
    call::{Call, CallKey},
    flow::Flow,
};

/// A store for tests and benchmarks: fast, and gone when it is dropped.
#[derive(Default)]
pub struct Memory(Mutex<Content>);

#[derive(Default)]
struct Content {
    calls: Drawer<Call>,
    records: Drawer<Record>,
    last_version: u64,
    flows: HashMap<String, Flow>,
    switches: HashMap<String, bool>,
    prompts: HashMap<String, Bytes>,
}

/// Documents of one sort, each with its version.
struct Drawer<D: Document>(HashMap<D::Key, (D, u64)>);

/// What a drawer must know of a document.
trait Document: Clone {
    type Key: Clone + Eq + Ord + Hash;

    fn key(&self) -> &Self::Key;
    fn id(key: &Self::Key) -> DocumentId;
    fn created(&self) -> Timestamp;
    fn due_at(&self) -> Option<Timestamp>;
    fn expires_at(&self) -> Option<Timestamp>;
}

impl Memory {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// A test that panicked in between has torn nothing: every change is one insertion.
    fn content(&self) -> MutexGuard<'_, Content> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D: Document> Default for Drawer<D> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<D: Document> Drawer<D> {
    fn living(&self, now: Timestamp) -> impl Iterator<Item = &D> {
        self.0.values().map(|(document, _)| document).filter(move |document| lives(*document, now))
    }

    fn find(&self, key: &D::Key, now: Timestamp) -> Option<(D, Version)> {
        let (document, version) = self.0.get(key).filter(|(document, _)| lives(document, now))?;
        Some((document.clone(), Version(version.to_string())))
    }

    /// Puts a document in place of the one of the version that was read; where none was, there must be none.
    fn put(&mut self, document: &D, read: Option<&Version>, now: Timestamp, version: &mut u64) -> Result<Version, StoreError> {
        match (self.find(document.key(), now), read) {
            (Some(_), None) => return Err(StoreError::Exists(D::id(document.key()))),
            (None, None) => {}
            (Some((_, version)), Some(read)) if version == *read => {}
            (_, Some(_)) => return Err(StoreError::Conflict(D::id(document.key()))),
        }
        *version += 1;
        self.0.insert(document.key().clone(), (document.clone(), *version));
        Ok(Version(version.to_string()))
    }

    fn due(&self, now: Timestamp, limit: usize) -> Vec<D::Key> {
        let mut due: Vec<_> = self
            .living(now)
            .filter_map(|document| Some((document.due_at()?, document.key())))
            .filter(|(at, _)| *at <= now)
            .collect();
        due.sort_unstable();
        due.into_iter().take(limit).map(|(_, key)| key.clone()).collect()
    }

    fn list(&self, page: &Page, now: Timestamp, is_wanted: impl Fn(&D) -> bool) -> Vec<D> {
        let is_older = |document: &&D| page.before.is_none_or(|before| document.created() < before);
        let mut listed: Vec<_> = self.living(now).filter(is_older).filter(|document| is_wanted(document)).collect();
        listed.sort_unstable_by(|a, b| (b.created(), b.key()).cmp(&(a.created(), a.key())));
        listed.into_iter().take(page.limit).cloned().collect()
    }
}

impl Document for Call {
    type Key = CallKey;

    fn key(&self) -> &CallKey {
        &self.key
    }

    fn id(key: &CallKey) -> DocumentId {
        key.into()
    }

    fn created(&self) -> Timestamp {
        self.created
    }

    fn due_at(&self) -> Option<Timestamp> {
        self.due_at()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at()
    }
}

impl Document for Record {
    type Key = RecordId;

    fn key(&self) -> &RecordId {
        &self.id
    }

    fn id(key: &RecordId) -> DocumentId {
        key.into()
    }

    fn created(&self) -> Timestamp {
        self.created
    }

    fn due_at(&self) -> Option<Timestamp> {
        self.due_at
    }

    fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }
}

#[async_trait]
impl Calls for Memory {
    async fn load(&self, key: &CallKey, now: Timestamp) -> Result<Option<Stored>, StoreError> {
        Ok(self.content().calls.find(key, now).map(|(call, version)| Stored { call, version }))
    }

    async fn create(&self, call: &Call, now: Timestamp) -> Result<Version, StoreError> {
        let Content { calls, last_version, .. } = &mut *self.content();
        calls.put(call, None, now, last_version)
    }

    async fn replace(&self, call: &Call, read: &Version, now: Timestamp) -> Result<Version, StoreError> {
        let Content { calls, last_version, .. } = &mut *self.content();
        calls.put(call, Some(read), now, last_version)
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<CallKey>, StoreError> {
        Ok(self.content().calls.due(now, limit))
    }

    async fn list(&self, page: Page, now: Timestamp) -> Result<Vec<Call>, StoreError> {
        Ok(self.content().calls.list(&page, now, |_| true))
    }
}

#[async_trait]
impl Records for Memory {
    async fn load_record(&self, id: &RecordId, now: Timestamp) -> Result<Option<(Record, Version)>, StoreError> {
        Ok(self.content().records.find(id, now))
    }

    async fn put_record(&self, record: &Record, read: Option<&Version>, now: Timestamp) -> Result<Version, StoreError> {
        let Content { records, last_version, .. } = &mut *self.content();
        records.put(record, read, now, last_version)
    }

    async fn due_records(&self, now: Timestamp, limit: usize) -> Result<Vec<RecordId>, StoreError> {
        Ok(self.content().records.due(now, limit))
    }

    async fn list_records(&self, kind: RecordKind, page: Page, now: Timestamp) -> Result<Vec<Record>, StoreError> {
        Ok(self.content().records.list(&page, now, |record| record.id.kind() == kind))
    }
}

#[async_trait]
impl Switches for Memory {
    async fn set_switch(&self, name: &str, is_on: bool) -> Result<(), StoreError> {
        self.content().switches.insert(name.to_owned(), is_on);
        Ok(())
    }

    async fn is_on(&self, switch: &str) -> Result<bool, StoreError> {
        Ok(self.content().switches.get(switch).copied().unwrap_or_default())
    }
}

#[async_trait]
impl Pinned for Memory {
    async fn pin_flow(&self, flow: &Flow) -> Result<(), StoreError> {
        self.content().flows.entry(flow.version.clone()).or_insert_with(|| flow.clone());
        Ok(())
    }

    async fn flow(&self, version: &str) -> Result<Option<Flow>, StoreError> {
        Ok(self.content().flows.get(version).cloned())
    }

    async fn pin_prompt(&self, sha256: &str, wav: &[u8]) -> Result<(), StoreError> {
        self.content().prompts.entry(sha256.to_owned()).or_insert_with(|| Bytes::copy_from_slice(wav));
        Ok(())
    }

    async fn prompt(&self, sha256: &str) -> Result<Option<Bytes>, StoreError> {
        Ok(self.content().prompts.get(sha256).cloned())
    }
}

fn lives(document: &impl Document, now: Timestamp) -> bool {
    document.expires_at().is_none_or(|at| at > now)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn empty() -> (Memory, ()) {
        (Memory::new(), ())
    }

    crate::store::promises::kept_by!(empty);
}
