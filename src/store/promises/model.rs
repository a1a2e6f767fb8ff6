//! Any sequence of operations has the outcome that it has on a map.

use std::{
    collections::{HashMap, HashSet},
    future::Future,
};

use jiff::Timestamp;
use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};

use super::{at, due, ended, keys, ringing};
use crate::{
    call::{Call, CallKey},
    store::{CallStore, Page, StoreError, Version},
};

/// How many sequences are tried.
const SEQUENCES: u32 = 48;

/// One operation. Few names and few seconds, so that operations meet.
#[derive(Debug, Clone)]
enum Op {
    Create { name: &'static str, state: State },
    Replace { name: &'static str, state: State, stale: bool },
    Load { name: &'static str },
    Due { limit: usize },
    List { limit: usize, seconds_ago: Option<i64> },
    Wait { seconds: i64 },
}

#[derive(Debug, Clone)]
enum State {
    Rings,
    IsDueIn { seconds: i64 },
    EndedKeptFor { seconds: u32 },
}

/// Runs random sequences, each on an empty store, and says which is the shortest that fails.
pub(crate) fn agrees_with_a_map<S, K, F>(empty: impl Fn() -> F)
where
    S: CallStore,
    F: Future<Output = (S, K)>,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { cases: SEQUENCES, failure_persistence: None, ..Config::default() });
    let sequences = prop::collection::vec(op(), 1..60);
    let outcome = runner.run(&sequences, |ops| {
        runtime.block_on(async {
            let (store, _keeps) = empty().await;
            let mut model = Model::default();
            for op in ops {
                model.agree(&store, op).await?;
            }
            Ok(())
        })
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

fn op() -> impl Strategy<Value = Op> {
    let name = || select(vec!["a", "b", "c", "d"]);
    prop_oneof![
        4 => (name(), state()).prop_map(|(name, state)| Op::Create { name, state }),
        4 => (name(), state(), prop::bool::weighted(0.2)).prop_map(|(name, state, stale)| Op::Replace { name, state, stale }),
        2 => name().prop_map(|name| Op::Load { name }),
        2 => (0..4_usize).prop_map(|limit| Op::Due { limit }),
        1 => (0..4_usize, prop::option::of(0..10_i64)).prop_map(|(limit, seconds_ago)| Op::List { limit, seconds_ago }),
        3 => (1..5_i64).prop_map(|seconds| Op::Wait { seconds }),
    ]
}

fn state() -> impl Strategy<Value = State> {
    prop_oneof![
        Just(State::Rings),
        (0..6_i64).prop_map(|seconds| State::IsDueIn { seconds }),
        (0..6_u32).prop_map(|seconds| State::EndedKeptFor { seconds }),
    ]
}

/// What the store should hold.
#[derive(Default)]
struct Model {
    seconds: i64,
    calls: HashMap<CallKey, (Call, Version)>,
}

impl Model {
    async fn agree(&mut self, store: &dyn CallStore, op: Op) -> Result<(), TestCaseError> {
        let now = at(self.seconds);
        self.calls.retain(|_, (call, _)| call.expires_at().is_none_or(|expires| expires > now));
        match op {
            Op::Create { name, state } => self.create(store, state.of(ringing(name, now), now), now).await?,
            Op::Replace { name, state, stale } => self.replace(store, state.of(ringing(name, now), now), stale, now).await?,
            Op::Load { name } => {
                let key = super::key(name);
                let loaded = store.load(&key, now).await.unwrap().map(|stored| (stored.call, stored.version));
                prop_assert_eq!(loaded.as_ref(), self.calls.get(&key));
            }
            Op::Due { limit } => {
                let due = store.due(now, limit).await.unwrap();
                prop_assert_eq!(self.times(&due, Call::due_at)?, self.due(now, limit));
            }
            Op::List { limit, seconds_ago } => {
                let before = seconds_ago.map(|ago| at(self.seconds - ago));
                let listed = store.list(Page { limit, before }, now).await.unwrap();
                prop_assert_eq!(self.times(&keys(&listed), |call| Some(call.created))?, self.list(limit, before));
            }
            Op::Wait { seconds } => self.seconds += seconds,
        }
        Ok(())
    }

    async fn create(&mut self, store: &dyn CallStore, call: Call, now: Timestamp) -> Result<(), TestCaseError> {
        match (store.create(&call, now).await, self.calls.contains_key(&call.key)) {
            (Ok(version), false) => drop(self.calls.insert(call.key.clone(), (call, version))),
            (Err(StoreError::Exists(_)), true) => {}
            (answer, there) => prop_assert!(false, "created {}: {answer:?}, was there: {there}", call.key),
        }
        Ok(())
    }

    async fn replace(&mut self, store: &dyn CallStore, call: Call, stale: bool, now: Timestamp) -> Result<(), TestCaseError> {
        let current = self.calls.get(&call.key).map(|(_, version)| version.clone()).filter(|_| !stale);
        let read = current.clone().unwrap_or_else(|| Version("0".to_owned()));
        match (store.replace(&call, &read, now).await, current) {
            (Ok(version), Some(_)) => drop(self.calls.insert(call.key.clone(), (call, version))),
            (Err(StoreError::Conflict(_)), None) => {}
            (answer, current) => prop_assert!(false, "replaced {}: {answer:?}, was {current:?}", call.key),
        }
        Ok(())
    }

    fn due(&self, now: Timestamp, limit: usize) -> Vec<Timestamp> {
        let mut due: Vec<_> = self.calls.values().filter_map(|(call, _)| call.due_at()).filter(|due| *due <= now).collect();
        due.sort_unstable();
        due.truncate(limit);
        due
    }

    fn list(&self, limit: usize, before: Option<Timestamp>) -> Vec<Timestamp> {
        let created = self.calls.values().map(|(call, _)| call.created);
        let mut listed: Vec<_> = created.filter(|created| before.is_none_or(|before| *created < before)).collect();
        listed.sort_unstable_by(|a, b| b.cmp(a));
        listed.truncate(limit);
        listed
    }

    /// The times of calls, each of which is there and named once: which of two goes first at the same time is open.
    fn times(&self, keys: &[CallKey], time: impl Fn(&Call) -> Option<Timestamp>) -> Result<Vec<Timestamp>, TestCaseError> {
        let distinct: HashSet<_> = keys.iter().collect();
        prop_assert_eq!(distinct.len(), keys.len(), "{:?} names one twice", keys);
        let times = keys.iter().map(|key| self.calls.get(key).and_then(|(call, _)| time(call)));
        times.collect::<Option<Vec<_>>>().ok_or_else(|| TestCaseError::fail(format!("one of {keys:?} is not there")))
    }
}

impl State {
    fn of(&self, call: Call, now: Timestamp) -> Call {
        match self {
            Self::Rings => call,
            Self::IsDueIn { seconds } => due(call, now + jiff::SignedDuration::from_secs(*seconds)),
            Self::EndedKeptFor { seconds } => ended(call, now, *seconds),
        }
    }
}
