//! Calls in memory, for tests and benchmarks: forgets everything when it is dropped.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;

use super::{CallStore, Page, StoreError, Stored, Version};
use crate::{
    call::{Call, CallKey},
    flow::Flow,
};

/// A [`CallStore`] for tests and benchmarks: fast, and gone when it is dropped.
#[derive(Default)]
pub struct Memory(Mutex<Content>);

#[derive(Default)]
struct Content {
    calls: HashMap<CallKey, (Call, u64)>,
    last_version: u64,
    flows: HashMap<String, Flow>,
    switches: HashMap<String, bool>,
    prompts: HashMap<String, Bytes>,
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

impl Content {
    fn living(&self, now: Timestamp) -> impl Iterator<Item = &Call> {
        self.calls.values().map(|(call, _)| call).filter(move |call| lives(call, now))
    }

    fn find(&self, key: &CallKey, now: Timestamp) -> Option<&(Call, u64)> {
        self.calls.get(key).filter(|(call, _)| lives(call, now))
    }

    fn put(&mut self, call: &Call) -> Version {
        self.last_version += 1;
        self.calls.insert(call.key.clone(), (call.clone(), self.last_version));
        Version(self.last_version.to_string())
    }
}

#[async_trait]
impl CallStore for Memory {
    async fn load(&self, key: &CallKey, now: Timestamp) -> Result<Option<Stored>, StoreError> {
        let content = self.content();
        let found = content.find(key, now);
        Ok(found.map(|(call, version)| Stored { call: call.clone(), version: Version(version.to_string()) }))
    }

    async fn create(&self, call: &Call, now: Timestamp) -> Result<Version, StoreError> {
        let mut content = self.content();
        match content.find(&call.key, now) {
            Some(_) => Err(StoreError::Exists(call.key.clone())),
            None => Ok(content.put(call)),
        }
    }

    async fn replace(&self, call: &Call, read: &Version, now: Timestamp) -> Result<Version, StoreError> {
        let mut content = self.content();
        match content.find(&call.key, now) {
            Some((_, version)) if version.to_string() == read.0 => Ok(content.put(call)),
            _ => Err(StoreError::Conflict(call.key.clone())),
        }
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<CallKey>, StoreError> {
        let content = self.content();
        let mut due: Vec<_> =
            content.living(now).filter_map(|call| Some((call.due_at()?, &call.key))).filter(|(at, _)| *at <= now).collect();
        due.sort_unstable();
        Ok(due.into_iter().take(limit).map(|(_, key)| key.clone()).collect())
    }

    async fn list(&self, page: Page, now: Timestamp) -> Result<Vec<Call>, StoreError> {
        let content = self.content();
        let mut calls: Vec<_> =
            content.living(now).filter(|call| page.before.is_none_or(|before| call.created < before)).collect();
        calls.sort_unstable_by(|a, b| (b.created, &b.key).cmp(&(a.created, &a.key)));
        Ok(calls.into_iter().take(page.limit).cloned().collect())
    }

    async fn set_switch(&self, name: &str, is_on: bool) -> Result<(), StoreError> {
        self.content().switches.insert(name.to_owned(), is_on);
        Ok(())
    }

    async fn is_on(&self, switch: &str) -> Result<bool, StoreError> {
        Ok(self.content().switches.get(switch).copied().unwrap_or_default())
    }

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

fn lives(call: &Call, now: Timestamp) -> bool {
    call.expires_at().is_none_or(|at| at > now)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn empty() -> (Memory, ()) {
        (Memory::new(), ())
    }

    crate::store::promises::kept_by!(empty);
}
