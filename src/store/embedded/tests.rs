use tempfile::TempDir;

use super::*;
use crate::store::promises::{self, ringing};

async fn empty() -> (Embedded, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (Embedded::open(&folder.path().join("calls.redb")).unwrap(), folder)
}

promises::kept_by!(empty);

fn call(name: &str) -> Call {
    ringing(name, Timestamp::UNIX_EPOCH)
}

#[tokio::test]
async fn everything_survives_closing_and_opening_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/new/folder/calls.redb");
    let (now, call) = (Timestamp::UNIX_EPOCH, call("1"));
    let store = Embedded::open(&path).unwrap();
    let first = store.create(&call, now).await.unwrap();
    let second = store.replace(&call, &first, now).await.unwrap();
    store.pin_prompt("ab", b"RIFF").await.unwrap();
    drop(store);

    let store = Embedded::open(&path).unwrap();
    assert_eq!(store.load(&call.key, now).await.unwrap(), Some(Stored { call: call.clone(), version: second.clone() }));
    assert_eq!(store.due(Timestamp::MAX, 10).await.unwrap(), std::slice::from_ref(&call.key));
    assert_eq!(store.prompt("ab").await.unwrap().unwrap(), "RIFF");
    let third = store.replace(&call, &second, now).await.unwrap();
    assert!(third != second && third != first, "versions are used again after opening anew");
}

#[tokio::test]
async fn a_file_in_use_is_refused_with_what_to_do() {
    let (_store, folder) = empty().await;
    let refusal = Embedded::open(&folder.path().join("calls.redb")).err().unwrap();
    assert!(matches!(refusal, OpenError::InUse(_)), "{refusal}");
    assert!(refusal.to_string().contains("calls.redb is in use by another process"), "{refusal}");
}

#[test]
fn a_file_that_is_no_store_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("calls.redb");
    let letter = "Dear Sir or Madam, ".repeat(1000);
    fs::write(&path, &letter).unwrap();
    let refusal = Embedded::open(&path).err().unwrap();
    assert!(matches!(refusal, OpenError::Damaged { .. }), "{refusal}");
    assert_eq!(fs::read_to_string(&path).unwrap(), letter);
}

#[tokio::test]
async fn a_damaged_file_is_refused_wherever_the_damage_is() {
    let (store, folder) = empty().await;
    for n in 0..50 {
        store.create(&call(&format!("call{n}")), Timestamp::UNIX_EPOCH).await.unwrap();
    }
    drop(store);
    let path = folder.path().join("calls.redb");
    let sound = fs::read(&path).unwrap();
    let mut refusals = 0;
    for page in 1..sound.len() / 4096 {
        let mut torn = sound.clone();
        torn[page * 4096..(page + 1) * 4096].fill(0x5a);
        fs::write(&path, torn).unwrap();
        match Embedded::open(&path) {
            Err(OpenError::Damaged { .. }) => refusals += 1,
            Err(other) => panic!("page {page}: {other}"),
            // A page that nothing lives in.
            Ok(store) => assert_eq!(store.due(Timestamp::MAX, 100).await.unwrap().len(), 50, "page {page}"),
        }
    }
    assert!(refusals > 0);
}

#[tokio::test]
async fn a_file_cut_short_is_refused_or_whole() {
    let (store, folder) = empty().await;
    for n in 0..50 {
        store.create(&call(&format!("call{n}")), Timestamp::UNIX_EPOCH).await.unwrap();
    }
    drop(store);
    let path = folder.path().join("calls.redb");
    let sound = fs::read(&path).unwrap();
    for length in (1..sound.len()).step_by(1777) {
        fs::write(&path, &sound[..length]).unwrap();
        match Embedded::open(&path) {
            Err(OpenError::Damaged { .. } | OpenError::Io { .. }) => {}
            Err(other) => panic!("{length} bytes: {other}"),
            Ok(store) => assert_eq!(store.due(Timestamp::MAX, 100).await.unwrap().len(), 50, "{length} bytes"),
        }
    }
}

#[tokio::test]
async fn a_call_that_cannot_be_read_is_named_and_hides_no_other() {
    let (store, _folder) = empty().await;
    let (now, torn, sound) = (Timestamp::UNIX_EPOCH, call("torn"), call("sound"));
    store.create(&sound, now).await.unwrap();
    let document = Document { json: br#"{"key":"+49301234567"}"#.to_vec(), ..store.call_document(&torn).unwrap() };
    store.writer.write(Change::Put { read: None, document, now }).await.unwrap();

    let error = store.load(&torn.key, now).await.unwrap_err();
    assert!(matches!(&error, StoreError::Corrupt { what, .. } if what == "call torn"), "{error}");
    assert!(!error.to_string().contains("4930"), "{error}");
    assert_eq!(store.list(Page { limit: 10, before: None }, now).await.unwrap(), [sound]);
    assert!(matches!(store.create(&torn, now).await, Err(StoreError::Exists(_))));
}

#[tokio::test]
async fn what_has_expired_is_really_removed() {
    let (store, _folder) = empty().await;
    let mut call = call("1");
    call.phase = crate::call::Phase::Ended { at: call.created, ending: crate::call::Ending::Gone, result: None };
    store.create(&call, call.created).await.unwrap();
    let later = call.expires_at().unwrap();
    assert!(tables::has_expired(&store.db, &CALLS, later).unwrap());
    store.due(later, 0).await.unwrap();
    assert!(!tables::has_expired(&store.db, &CALLS, Timestamp::MAX).unwrap());
}

#[tokio::test]
async fn writes_that_wait_together_are_answered_each_for_itself() {
    let (store, _folder) = empty().await;
    let now = Timestamp::UNIX_EPOCH;
    let calls: Vec<_> = (0..200).map(|n| call(&format!("call{}", n / 2))).collect();
    let answers = futures_util::future::join_all(calls.iter().map(|call| store.create(call, now))).await;
    for pair in answers.chunks(2) {
        assert!(matches!(pair, [Ok(_), Err(StoreError::Exists(_))] | [Err(StoreError::Exists(_)), Ok(_)]), "{pair:?}");
    }
}
