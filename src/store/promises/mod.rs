//! What every store promises, as tests: one suite, run on each of them.
//!
//! A store's own tests name a function that opens an empty store, and something to keep as long as the store lives:
//!
//! ```ignore
//! async fn empty() -> (Memory, ()) {
//!     (Memory::new(), ())
//! }
//! promises::kept_by!(empty);
//! ```

mod model;
pub(crate) mod records;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};

use super::{CallStore, DocumentId, Page, StoreError, Stored};
use crate::{
    call::{At, Call, CallKey, CallbackSecret, Ending, GraphCallId, Incoming, Phase, Terms},
    flow::{Flow, Step},
};

pub(crate) use model::agrees_with_a_map;

/// Runs every promise as a test of its own on the store that `$empty` opens.
macro_rules! kept_by {
    ($empty:ident) => {
        $crate::store::promises::kept_by! { $empty:
            what_is_stored_is_read_back,
            what_was_never_stored_is_not_there,
            a_call_is_created_once,
            a_call_is_replaced_where_its_version_is_the_one_read,
            a_stale_version_changes_nothing,
            what_is_not_there_cannot_be_replaced,
            no_version_occurs_twice,
            of_many_increments_at_once_none_is_lost,
            of_many_creations_at_once_one_succeeds,
            an_expired_call_is_as_one_that_never_was,
            a_version_read_before_expiry_does_not_fit_the_next_call_of_that_key,
            calls_are_due_from_their_time_on_the_most_overdue_first,
            a_call_is_due_when_its_last_version_says,
            calls_are_listed_newest_first_and_page_by_page,
            a_switch_is_off_until_it_is_turned_on_and_again_when_it_is_turned_off,
            a_pinned_flow_is_read_back,
            a_pinned_prompt_is_read_back,
        }

        $crate::store::promises::records::kept_by!($empty);

        #[test]
        fn any_sequence_of_operations_agrees_with_a_map() {
            $crate::store::promises::agrees_with_a_map($empty);
        }
    };
    ($empty:ident: $($promise:ident),+ $(,)?) => {
        $(
            #[tokio::test]
            async fn $promise() {
                let (store, _keeps) = $empty().await;
                $crate::store::promises::$promise(&store).await;
            }
        )+
    };
}
pub(crate) use kept_by;

pub(crate) async fn what_is_stored_is_read_back(store: &dyn CallStore) {
    let mut call = ringing("1", at(0));
    call.variables.insert("digits".to_owned(), "42 \u{1f514} \"#\"".to_owned());
    let version = store.create(&call, at(0)).await.unwrap();
    assert_eq!(store.load(&call.key, at(0)).await.unwrap(), Some(Stored { call, version }));
}

pub(crate) async fn what_was_never_stored_is_not_there(store: &dyn CallStore) {
    assert_eq!(store.load(&key("1"), at(0)).await.unwrap(), None);
    assert_eq!(store.due(Timestamp::MAX, 10).await.unwrap(), []);
    assert_eq!(store.list(Page { limit: 10, before: None }, at(0)).await.unwrap(), []);
    assert_eq!(store.flow("none").await.unwrap(), None);
    assert_eq!(store.prompt("none").await.unwrap(), None);
}

pub(crate) async fn a_call_is_created_once(store: &dyn CallStore) {
    let first = ringing("1", at(0));
    store.create(&first, at(0)).await.unwrap();
    let second = store.create(&Call { flow: "other".to_owned(), ..first.clone() }, at(0)).await;
    assert!(matches!(second, Err(StoreError::Exists(id)) if id == DocumentId::from(&first.key)));
    assert_eq!(load(store, &first.key, at(0)).await.call, first);
}

pub(crate) async fn a_call_is_replaced_where_its_version_is_the_one_read(store: &dyn CallStore) {
    let mut call = ringing("1", at(0));
    let created = store.create(&call, at(0)).await.unwrap();
    call.failures = 1;
    let replaced = store.replace(&call, &created, at(1)).await.unwrap();
    assert_eq!(store.load(&call.key, at(1)).await.unwrap(), Some(Stored { call, version: replaced }));
}

pub(crate) async fn a_stale_version_changes_nothing(store: &dyn CallStore) {
    let call = ringing("1", at(0));
    let stale = store.create(&call, at(0)).await.unwrap();
    store.replace(&Call { failures: 1, ..call.clone() }, &stale, at(0)).await.unwrap();
    let late = store.replace(&Call { failures: 2, ..call.clone() }, &stale, at(0)).await;
    assert!(matches!(late, Err(StoreError::Conflict(id)) if id == DocumentId::from(&call.key)));
    assert_eq!(load(store, &call.key, at(0)).await.call.failures, 1);
}

pub(crate) async fn what_is_not_there_cannot_be_replaced(store: &dyn CallStore) {
    let version = store.create(&ringing("1", at(0)), at(0)).await.unwrap();
    let other = ringing("2", at(0));
    let answer = store.replace(&other, &version, at(0)).await;
    assert!(matches!(answer, Err(StoreError::Conflict(id)) if id == DocumentId::from(&other.key)));
    assert_eq!(store.load(&other.key, at(0)).await.unwrap(), None);
}

pub(crate) async fn no_version_occurs_twice(store: &dyn CallStore) {
    let call = ringing("1", at(0));
    let mut versions = vec![store.create(&call, at(0)).await.unwrap()];
    for _ in 0..10 {
        let version = store.replace(&call, &versions[versions.len() - 1], at(0)).await.unwrap();
        assert!(!versions.contains(&version), "{version:?} occurs twice");
        versions.push(version);
    }
}

pub(crate) async fn of_many_increments_at_once_none_is_lost(store: &dyn CallStore) {
    let call = ringing("1", at(0));
    store.create(&call, at(0)).await.unwrap();
    join_all((0..20).map(|_| increment(store, &call.key))).await;
    assert_eq!(load(store, &call.key, at(0)).await.call.failures, 20);
}

pub(crate) async fn of_many_creations_at_once_one_succeeds(store: &dyn CallStore) {
    let call = ringing("1", at(0));
    let answers = join_all((0..20).map(|_| store.create(&call, at(0)))).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(StoreError::Exists(_)))), "{answers:?}");
}

pub(crate) async fn an_expired_call_is_as_one_that_never_was(store: &dyn CallStore) {
    let call = ended(ringing("1", at(0)), at(10), 5);
    let version = store.create(&call, at(10)).await.unwrap();
    assert_eq!(load(store, &call.key, at(15) - SignedDuration::from_nanos(1)).await.call, call);

    assert_eq!(store.load(&call.key, at(15)).await.unwrap(), None);
    assert_eq!(store.list(Page { limit: 10, before: None }, at(15)).await.unwrap(), []);
    assert!(matches!(store.replace(&call, &version, at(15)).await, Err(StoreError::Conflict(_))));
    assert_eq!(store.due(at(15), 10).await.unwrap(), []);

    let anew = ringing("1", at(15));
    store.create(&anew, at(15)).await.unwrap();
    assert_eq!(load(store, &anew.key, at(15)).await.call, anew);
    assert_eq!(store.list(Page { limit: 10, before: None }, at(15)).await.unwrap(), [anew]);
}

pub(crate) async fn a_version_read_before_expiry_does_not_fit_the_next_call_of_that_key(store: &dyn CallStore) {
    let old = store.create(&ended(ringing("1", at(0)), at(0), 5), at(0)).await.unwrap();
    store.due(at(5), 10).await.unwrap();
    let anew = ringing("1", at(5));
    store.create(&anew, at(5)).await.unwrap();
    assert!(matches!(store.replace(&anew, &old, at(5)).await, Err(StoreError::Conflict(_))));
}

pub(crate) async fn calls_are_due_from_their_time_on_the_most_overdue_first(store: &dyn CallStore) {
    for (name, seconds) in [("a", 30), ("b", 10), ("c", 20), ("d", 40)] {
        store.create(&due(ringing(name, at(0)), at(seconds)), at(0)).await.unwrap();
    }
    assert_eq!(store.due(at(10) - SignedDuration::from_nanos(1), 10).await.unwrap(), []);
    assert_eq!(store.due(at(30), 10).await.unwrap(), [key("b"), key("c"), key("a")]);
    assert_eq!(store.due(at(30), 2).await.unwrap(), [key("b"), key("c")]);
}

pub(crate) async fn a_call_is_due_when_its_last_version_says(store: &dyn CallStore) {
    let call = due(ringing("1", at(0)), at(10));
    let first = store.create(&call, at(0)).await.unwrap();
    let second = store.replace(&due(call.clone(), at(20)), &first, at(0)).await.unwrap();
    assert_eq!(store.due(at(19), 10).await.unwrap(), []);
    assert_eq!(store.due(at(20), 10).await.unwrap(), std::slice::from_ref(&call.key));

    store.replace(&ended(call, at(20), 60), &second, at(20)).await.unwrap();
    assert_eq!(store.due(at(70), 10).await.unwrap(), []);
}

pub(crate) async fn calls_are_listed_newest_first_and_page_by_page(store: &dyn CallStore) {
    for (name, seconds) in [("a", 3), ("b", 1), ("c", 4), ("d", 2)] {
        let call = ringing(name, at(seconds));
        let version = store.create(&call, at(seconds)).await.unwrap();
        store.replace(&call, &version, at(10)).await.unwrap();
    }
    let first = store.list(Page { limit: 2, before: None }, at(10)).await.unwrap();
    assert_eq!(keys(&first), [key("c"), key("a")]);
    let second = store.list(Page { limit: 2, before: Some(first[1].created) }, at(10)).await.unwrap();
    assert_eq!(keys(&second), [key("d"), key("b")]);
    let third = store.list(Page { limit: 2, before: Some(second[1].created) }, at(10)).await.unwrap();
    assert_eq!(third, []);
}

pub(crate) async fn a_switch_is_off_until_it_is_turned_on_and_again_when_it_is_turned_off(store: &dyn CallStore) {
    assert!(!store.is_on("storm").await.unwrap());
    store.set_switch("storm", true).await.unwrap();
    store.set_switch("storm", true).await.unwrap();
    assert!(store.is_on("storm").await.unwrap() && !store.is_on("strike").await.unwrap());
    store.set_switch("storm", false).await.unwrap();
    assert!(!store.is_on("storm").await.unwrap());
}

pub(crate) async fn a_pinned_flow_is_read_back(store: &dyn CallStore) {
    let flow = Flow {
        name: "front_desk".to_owned(),
        version: "0123456789abcdef0123456789abcdef".to_owned(),
        start: "bye".to_owned(),
        prompts: [].into(),
        steps: [("bye".to_owned(), Step::HangUp)].into(),
        ..Flow::default()
    };
    store.pin_flow(&flow).await.unwrap();
    store.pin_flow(&flow).await.unwrap();
    assert_eq!(store.flow(&flow.version).await.unwrap(), Some(flow));
}

pub(crate) async fn a_pinned_prompt_is_read_back(store: &dyn CallStore) {
    let sha256 = "ab".repeat(32);
    let wav: Vec<u8> = (0..300_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    store.pin_prompt(&sha256, &wav).await.unwrap();
    store.pin_prompt(&sha256, &wav).await.unwrap();
    assert_eq!(store.prompt(&sha256).await.unwrap().unwrap(), wav);
}

/// Adds one to the call's failures, as a turn does: reads, changes, writes, and again on conflict.
async fn increment(store: &dyn CallStore, key: &CallKey) {
    loop {
        let Stored { mut call, version } = load(store, key, at(0)).await;
        call.failures += 1;
        // Where the store itself never waits, this lets the others in between.
        tokio::task::yield_now().await;
        match store.replace(&call, &version, at(0)).await {
            Ok(_) => return,
            Err(StoreError::Conflict(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
}

async fn load(store: &dyn CallStore, key: &CallKey, now: Timestamp) -> Stored {
    store.load(key, now).await.unwrap().expect("the call is there")
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_750_000_000 + seconds).unwrap()
}

fn key(name: &str) -> CallKey {
    CallKey::parse(name).unwrap()
}

fn keys(calls: &[Call]) -> Vec<CallKey> {
    calls.iter().map(|call| call.key.clone()).collect()
}

/// A new call.
pub(crate) fn ringing(name: &str, now: Timestamp) -> Call {
    let call = GraphCallId::parse(name).unwrap();
    let incoming = Incoming { call, from: None, to: None, is_group: false };
    let terms = Terms {
        tenant: "contoso".to_owned(),
        flow: "front_desk".to_owned(),
        flow_version: "0123456789abcdef0123456789abcdef".to_owned(),
        secret: CallbackSecret::new(7),
        max_minutes: 60,
        kept_for_s: 60,
    };
    Call::ringing(&incoming, terms, now)
}

/// A call that is over since `at` and kept for some seconds.
fn ended(call: Call, at: Timestamp, kept_for_s: u32) -> Call {
    Call { phase: Phase::Ended { at, ending: Ending::CallerHungUp, result: None }, kept_for_s, ..call }
}

/// A call that is due at `at`, which must be within the hour it may last.
fn due(call: Call, at: Timestamp) -> Call {
    let phase = Phase::InStep { step: "menu".to_owned(), at: At::Play { n: 1, left: 0 } };
    Call { phase, keep_alive_at: Some(at), ..call }
}
