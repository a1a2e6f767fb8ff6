//! What every store promises of records.

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{at, due, ringing};
use crate::store::{CallStore, DocumentId, Page, Record, RecordId, RecordKind, StoreError, Version};

/// Runs every promise as a test of its own on the store that `$empty` opens.
macro_rules! kept_by {
    ($empty:ident) => {
        $crate::store::promises::records::kept_by! { $empty:
            a_record_is_read_back_as_it_was_put,
            a_record_is_made_once,
            a_record_is_replaced_where_its_version_is_the_one_read,
            of_many_increments_of_a_record_at_once_none_is_lost,
            of_many_that_make_a_record_at_once_one_succeeds,
            an_expired_record_is_as_one_that_never_was,
            records_are_due_from_their_time_on_the_most_overdue_first,
            records_are_listed_by_kind_newest_first_and_page_by_page,
            calls_and_records_do_not_meet,
        }
    };
    ($empty:ident: $($promise:ident),+ $(,)?) => {
        $(
            #[tokio::test]
            async fn $promise() {
                let (store, _keeps) = $empty().await;
                $crate::store::promises::records::$promise(&store).await;
            }
        )+
    };
}
pub(crate) use kept_by;

pub(crate) async fn a_record_is_read_back_as_it_was_put(store: &dyn CallStore) {
    let put = Record { body: json!({"who": "Zo\u{eb} \"#\"", "list": [1, null, {"a": 1.5}]}), ..order("1", at(0)) };
    assert_eq!(store.load_record(&put.id, at(0)).await.unwrap(), None);
    let version = store.put_record(&put, None, at(0)).await.unwrap();
    assert_eq!(store.load_record(&put.id, at(0)).await.unwrap(), Some((put, version)));
}

pub(crate) async fn a_record_is_made_once(store: &dyn CallStore) {
    let first = order("1", at(0));
    store.put_record(&first, None, at(0)).await.unwrap();
    let again = store.put_record(&counted(&first, 7), None, at(0)).await;
    assert!(matches!(again, Err(StoreError::Exists(id)) if id == DocumentId::from(&first.id)));
    assert_eq!(load(store, &first.id, at(0)).await.0, first);
}

pub(crate) async fn a_record_is_replaced_where_its_version_is_the_one_read(store: &dyn CallStore) {
    let record = order("1", at(0));
    let first = store.put_record(&record, None, at(0)).await.unwrap();
    let second = store.put_record(&counted(&record, 1), Some(&first), at(1)).await.unwrap();
    assert_ne!(first, second);
    assert_eq!(load(store, &record.id, at(1)).await, (counted(&record, 1), second.clone()));

    let late = store.put_record(&counted(&record, 2), Some(&first), at(1)).await;
    assert!(matches!(late, Err(StoreError::Conflict(id)) if id == DocumentId::from(&record.id)));
    let other = store.put_record(&order("2", at(0)), Some(&second), at(1)).await;
    assert!(matches!(other, Err(StoreError::Conflict(_))));
    let senseless = store.put_record(&record, Some(&Version("read nowhere".to_owned())), at(1)).await;
    assert!(matches!(senseless, Err(StoreError::Conflict(_))));
    assert_eq!(load(store, &record.id, at(1)).await, (counted(&record, 1), second));
}

pub(crate) async fn of_many_increments_of_a_record_at_once_none_is_lost(store: &dyn CallStore) {
    let record = order("1", at(0));
    store.put_record(&record, None, at(0)).await.unwrap();
    join_all((0..20).map(|_| increment(store, &record.id))).await;
    assert_eq!(load(store, &record.id, at(0)).await.0, counted(&record, 20));
}

pub(crate) async fn of_many_that_make_a_record_at_once_one_succeeds(store: &dyn CallStore) {
    let record = order("1", at(0));
    let answers = join_all((0..20).map(|_| store.put_record(&record, None, at(0)))).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(StoreError::Exists(_)))), "{answers:?}");
}

pub(crate) async fn an_expired_record_is_as_one_that_never_was(store: &dyn CallStore) {
    let record = Record { due_at: Some(at(1)), expires_at: Some(at(15)), ..order("1", at(0)) };
    let version = store.put_record(&record, None, at(0)).await.unwrap();
    let last = at(15) - SignedDuration::from_nanos(1);
    assert_eq!(load(store, &record.id, last).await.0, record);

    assert_eq!(store.load_record(&record.id, at(15)).await.unwrap(), None);
    assert_eq!(store.list_records(RecordKind::Order, all(), at(15)).await.unwrap(), []);
    assert_eq!(store.due_records(at(15), 10).await.unwrap(), []);
    assert!(matches!(store.put_record(&record, Some(&version), at(15)).await, Err(StoreError::Conflict(_))));

    let anew = order("1", at(15));
    store.put_record(&anew, None, at(15)).await.unwrap();
    assert!(matches!(store.put_record(&anew, Some(&version), at(15)).await, Err(StoreError::Conflict(_))));
    assert_eq!(store.list_records(RecordKind::Order, all(), at(15)).await.unwrap(), [anew]);
}

pub(crate) async fn records_are_due_from_their_time_on_the_most_overdue_first(store: &dyn CallStore) {
    let mut versions = Vec::new();
    for (name, seconds) in [("a", 30), ("b", 10), ("c", 20), ("d", 40)] {
        let record = Record { due_at: Some(at(seconds)), ..order(name, at(0)) };
        versions.push(store.put_record(&record, None, at(0)).await.unwrap());
    }
    store.put_record(&order("e", at(0)), None, at(0)).await.unwrap();
    assert_eq!(store.due_records(at(10) - SignedDuration::from_nanos(1), 10).await.unwrap(), []);
    assert_eq!(store.due_records(at(30), 10).await.unwrap(), [id("b"), id("c"), id("a")]);
    assert_eq!(store.due_records(at(30), 2).await.unwrap(), [id("b"), id("c")]);

    store.put_record(&order("b", at(0)), Some(&versions[1]), at(0)).await.unwrap();
    assert_eq!(store.due_records(Timestamp::MAX, 10).await.unwrap(), [id("c"), id("a"), id("d")]);
}

pub(crate) async fn records_are_listed_by_kind_newest_first_and_page_by_page(store: &dyn CallStore) {
    let tally = Record { id: RecordKind::Tally.into(), ..order("0", at(9)) };
    store.put_record(&tally, None, at(9)).await.unwrap();
    for (name, seconds) in [("a", 3), ("b", 1), ("c", 4), ("d", 2)] {
        store.put_record(&order(name, at(seconds)), None, at(9)).await.unwrap();
    }
    let first = store.list_records(RecordKind::Order, Page { limit: 2, before: None }, at(10)).await.unwrap();
    assert_eq!(first, [order("c", at(4)), order("a", at(3))]);
    let next = Page { limit: 3, before: Some(first[1].created) };
    let second = store.list_records(RecordKind::Order, next, at(10)).await.unwrap();
    assert_eq!(second, [order("d", at(2)), order("b", at(1))]);
    assert_eq!(store.list_records(RecordKind::Tally, all(), at(10)).await.unwrap(), [tally]);
}

pub(crate) async fn calls_and_records_do_not_meet(store: &dyn CallStore) {
    let call = due(ringing("1", at(0)), at(10));
    let record = Record { due_at: Some(at(10)), ..order("1", at(0)) };
    let of_call = store.create(&call, at(0)).await.unwrap();
    let of_record = store.put_record(&record, None, at(0)).await.unwrap();
    assert_eq!(store.due(at(10), 10).await.unwrap(), std::slice::from_ref(&call.key));
    assert_eq!(store.due_records(at(10), 10).await.unwrap(), std::slice::from_ref(&record.id));
    assert_eq!(store.list(all(), at(10)).await.unwrap(), std::slice::from_ref(&call));
    assert_eq!(store.list_records(RecordKind::Order, all(), at(10)).await.unwrap(), std::slice::from_ref(&record));
    assert!(matches!(store.replace(&call, &of_record, at(0)).await, Err(StoreError::Conflict(_))));
    assert!(matches!(store.put_record(&record, Some(&of_call), at(0)).await, Err(StoreError::Conflict(_))));
}

fn all() -> Page {
    Page { limit: 10, before: None }
}

async fn increment(store: &dyn CallStore, id: &RecordId) {
    loop {
        let (record, version) = load(store, id, at(0)).await;
        let count = record.body["count"].as_u64().unwrap() + 1;
        // Where the store itself never waits, this lets the others in between.
        tokio::task::yield_now().await;
        match store.put_record(&counted(&record, count), Some(&version), at(0)).await {
            Ok(_) => return,
            Err(StoreError::Conflict(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
}

async fn load(store: &dyn CallStore, id: &RecordId, now: Timestamp) -> (Record, Version) {
    store.load_record(id, now).await.unwrap().expect("the record is there")
}

fn id(name: &str) -> RecordId {
    RecordId::new(RecordKind::Order, name).unwrap()
}

/// A new order, as the store sees one.
pub(crate) fn order(name: &str, now: Timestamp) -> Record {
    Record { id: id(name), created: now, due_at: None, expires_at: None, body: json!({"count": 0}) }
}

/// The same with another count.
pub(crate) fn counted(record: &Record, count: u64) -> Record {
    Record { body: json!({ "count": count }), ..record.clone() }
}
