//! What this process remembers of calls, so that a turn need not read what the last one wrote.

use std::{
    collections::HashMap,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{call::CallKey, store::Stored};

/// How many calls are remembered at least when there are more; at most twice as many.
const CALLS: usize = 1_000;

/// The calls that were read or written last, as they were then.
///
/// Two generations: what is used moves to the younger one; when that is full, the older one is forgotten.
#[derive(Default)]
pub(super) struct Remembered(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: HashMap<CallKey, Stored>,
    old: HashMap<CallKey, Stored>,
}

impl Remembered {
    /// The call as it was read or written last.
    pub(super) fn recall(&self, key: &CallKey) -> Option<Stored> {
        let mut generations = self.generations();
        let found = generations.forget(key)?;
        generations.put(found.clone());
        Some(found)
    }

    /// Remembers a call as it was just read or written.
    pub(super) fn remember(&self, stored: Stored) {
        let mut generations = self.generations();
        generations.forget(&stored.call.key);
        generations.put(stored);
    }

    /// Forgets a call of which nothing is certain.
    pub(super) fn forget(&self, key: &CallKey) {
        self.generations().forget(key);
    }

    /// Whoever panicked has torn nothing: each change is one insertion or removal.
    fn generations(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn put(&mut self, stored: Stored) {
        if self.young.len() >= CALLS {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(stored.call.key.clone(), stored);
    }

    fn forget(&mut self, key: &CallKey) -> Option<Stored> {
        self.young.remove(key).or_else(|| self.old.remove(key))
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::store::{Version, promises::ringing};

    fn stored(n: usize, version: &str) -> Stored {
        Stored { call: ringing(&format!("call{n}"), Timestamp::UNIX_EPOCH), version: Version(version.to_owned()) }
    }

    #[test]
    fn the_last_state_of_a_call_is_remembered() {
        let (remembered, first, second) = (Remembered::default(), stored(1, "1"), stored(1, "2"));
        let key = &first.call.key;
        assert_eq!(remembered.recall(key), None);
        remembered.remember(first.clone());
        remembered.remember(second.clone());
        assert_eq!(remembered.recall(key), Some(second));
        remembered.forget(key);
        assert_eq!(remembered.recall(key), None);
    }

    #[test]
    fn memory_is_bounded_and_what_is_used_stays() {
        let (remembered, used) = (Remembered::default(), stored(0, "1"));
        remembered.remember(used.clone());
        for n in 1..10 * CALLS {
            remembered.remember(stored(n, "1"));
            assert_eq!(remembered.recall(&used.call.key).as_ref(), Some(&used), "forgotten after {n} others");
        }
        let generations = remembered.generations();
        let count = generations.young.len() + generations.old.len();
        assert!((CALLS..=2 * CALLS).contains(&count), "{count} are remembered");
    }
}
