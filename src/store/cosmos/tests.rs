#[path = "../../tests/cosmos/emulator.rs"]
#[allow(dead_code, reason = "a benchmark uses the rest")]
mod emulator;

use secrecy::SecretString;

use self::emulator::{
    Asked::{Create, Query, Read, Replace, Topology},
    DATABASE, Emulator, KEY,
    Mishap::{DoneAndDenied, DoneAndLost, DoneAndSilent, Refused},
};
use super::*;
use crate::{
    config::{BaseUrl, CosmosAccess},
    store::promises::{
        self,
        records::{counted, order},
        ringing,
    },
};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

async fn empty() -> (Cosmos, Emulator) {
    let emulator = Emulator::start().await;
    (Cosmos::open(account(&emulator.url())), emulator)
}

/// A store that is connected, with nothing asked yet that counts.
async fn connected() -> (Cosmos, Emulator) {
    let (cosmos, emulator) = empty().await;
    cosmos.load(&ringing("none", NOW).key, NOW).await.unwrap();
    emulator.take_asked();
    (cosmos, emulator)
}

fn account(endpoint: &str) -> CosmosAccount {
    let access = CosmosAccess::Key(SecretString::from(KEY));
    CosmosAccount { endpoint: BaseUrl::parse(endpoint).unwrap(), database: DATABASE.to_owned(), access }
}

/// The call after one more failure.
fn changed(call: &Call) -> Call {
    Call { failures: call.failures + 1, ..call.clone() }
}

promises::kept_by!(empty);

#[tokio::test]
async fn a_creation_that_took_effect_counts_however_it_was_answered() {
    for mishap in [DoneAndLost, DoneAndDenied(503), DoneAndDenied(408), DoneAndDenied(500)] {
        let (cosmos, emulator) = connected().await;
        emulator.fail(Create, [mishap]);
        let call = ringing("1", NOW);
        let version = cosmos.create(&call, NOW).await.unwrap();
        assert_eq!(emulator.take_asked(), [Create, Create, Read], "{mishap:?}");
        assert_eq!(cosmos.load(&call.key, NOW).await.unwrap(), Some(Stored { call, version }), "{mishap:?}");
    }
}

#[tokio::test]
async fn a_replacement_that_took_effect_counts_however_it_was_answered() {
    for mishap in [DoneAndLost, DoneAndDenied(503), DoneAndDenied(408), DoneAndDenied(500)] {
        let (cosmos, emulator) = connected().await;
        let call = ringing("1", NOW);
        let first = cosmos.create(&call, NOW).await.unwrap();
        emulator.take_asked();
        emulator.fail(Replace, [mishap]);
        let call = changed(&call);
        let version = cosmos.replace(&call, &first, NOW).await.unwrap();
        assert_eq!(emulator.take_asked(), [Replace, Replace, Read], "{mishap:?}");
        assert_eq!(cosmos.load(&call.key, NOW).await.unwrap(), Some(Stored { call, version }), "{mishap:?}");
    }
}

#[tokio::test]
async fn a_record_that_was_written_counts_however_it_was_answered() {
    for mishap in [DoneAndLost, DoneAndDenied(503), DoneAndDenied(408), DoneAndDenied(500)] {
        let (cosmos, emulator) = connected().await;
        emulator.fail(Create, [mishap]);
        let record = order("1", NOW);
        let first = cosmos.put_record(&record, None, NOW).await.unwrap();
        assert_eq!(emulator.take_asked(), [Create, Create, Read], "{mishap:?}");
        emulator.fail(Replace, [mishap]);
        let second = cosmos.put_record(&counted(&record, 1), Some(&first), NOW).await.unwrap();
        assert_eq!(emulator.take_asked(), [Replace, Replace, Read], "{mishap:?}");
        let loaded = cosmos.load_record(&record.id, NOW).await.unwrap();
        assert_eq!(loaded, Some((counted(&record, 1), second)), "{mishap:?}");
    }
}

#[tokio::test]
async fn a_write_of_somebody_else_is_no_write_of_ours_however_alike() {
    let (cosmos, emulator) = connected().await;
    let call = ringing("1", NOW);
    let first = cosmos.create(&call, NOW).await.unwrap();
    cosmos.replace(&call, &first, NOW).await.unwrap();
    emulator.take_asked();
    assert!(matches!(cosmos.create(&call, NOW).await, Err(StoreError::Exists(_))));
    assert!(matches!(cosmos.replace(&call, &first, NOW).await, Err(StoreError::Conflict(_))));
    assert_eq!(emulator.take_asked(), [Create, Read, Replace, Read]);
}

#[tokio::test]
async fn what_is_refused_for_a_moment_is_tried_again() {
    let (cosmos, emulator) = connected().await;
    for (status, asked) in [(429, Create), (503, Create)] {
        emulator.fail(asked, [Refused(status)]);
        let call = ringing(&format!("call{status}"), NOW);
        let version = cosmos.create(&call, NOW).await.unwrap();
        emulator.fail(Replace, [Refused(status)]);
        cosmos.replace(&call, &version, NOW).await.unwrap();
        emulator.fail(Read, [Refused(status)]);
        assert!(cosmos.load(&call.key, NOW).await.unwrap().is_some(), "{status}");
    }
    assert_eq!(emulator.pending_mishaps(), 0);
}

#[tokio::test]
async fn what_is_refused_for_long_is_given_up_in_time_for_the_turn_and_told_in_few_words() {
    let (cosmos, emulator) = connected().await;
    let call = ringing("1", NOW);
    for mishap in [Refused(429), Refused(503), Refused(408), DoneAndSilent] {
        emulator.fail(Create, vec![mishap; 40]);
        let started = std::time::Instant::now();
        let error = cosmos.create(&call, NOW).await.unwrap_err();
        assert!(started.elapsed() < std::time::Duration::from_millis(2_800), "{mishap:?} took {:?}", started.elapsed());
        assert!(matches!(error, StoreError::Unavailable(_)), "{mishap:?}: {error}");
        let text = error.to_string();
        assert!(text.len() < 200 && !text.contains('\n'), "{text}");
    }
}

#[tokio::test]
async fn a_turn_finds_remembered_what_was_read_or_written_last() {
    let (cosmos, emulator) = connected().await;
    let call = ringing("1", NOW);
    assert_eq!(cosmos.recall(&call.key, NOW), None);
    let first = cosmos.create(&call, NOW).await.unwrap();
    assert_eq!(cosmos.recall(&call.key, NOW), Some(Stored { call: call.clone(), version: first.clone() }));
    let second = cosmos.replace(&changed(&call), &first, NOW).await.unwrap();
    assert_eq!(cosmos.recall(&call.key, NOW), Some(Stored { call: changed(&call), version: second }));

    let other = Cosmos::open(account(&emulator.url()));
    let read = other.load(&call.key, NOW).await.unwrap();
    assert_eq!(other.recall(&call.key, NOW), read);
}

#[tokio::test]
async fn what_may_have_been_written_is_not_remembered() {
    let (cosmos, emulator) = connected().await;
    let call = ringing("1", NOW);
    let first = cosmos.create(&call, NOW).await.unwrap();
    emulator.fail(Replace, [DoneAndSilent; 10]);
    cosmos.replace(&changed(&call), &first, NOW).await.unwrap_err();
    assert_eq!(cosmos.recall(&call.key, NOW), None);
}

#[tokio::test]
async fn after_a_conflict_the_newer_state_is_remembered() {
    let (cosmos, emulator) = connected().await;
    let call = ringing("1", NOW);
    let first = cosmos.create(&call, NOW).await.unwrap();
    let other = Cosmos::open(account(&emulator.url()));
    let second = other.replace(&changed(&call), &first, NOW).await.unwrap();
    assert!(matches!(cosmos.replace(&call, &first, NOW).await, Err(StoreError::Conflict(_))));
    assert_eq!(cosmos.recall(&call.key, NOW), Some(Stored { call: changed(&call), version: second }));
}

#[tokio::test]
async fn what_is_overdue_is_found_in_one_query() {
    let (cosmos, emulator) = connected().await;
    for n in 0..20 {
        cosmos.create(&ringing(&format!("call{n}"), NOW), NOW).await.unwrap();
    }
    emulator.take_asked();
    assert_eq!(cosmos.due(Timestamp::MAX, 7).await.unwrap().len(), 7);
    let asked = emulator.take_asked();
    assert!(asked.iter().all(|asked| *asked == Query), "{asked:?}");
    assert!(asked.len() <= 4, "one for each partition: {asked:?}");
}

#[tokio::test]
async fn what_is_asked_before_the_account_answers_waits_for_it() {
    let mut emulator = Emulator::start().await;
    emulator.go_down();
    let cosmos = Cosmos::open(account(&emulator.url()));
    let call = ringing("1", NOW);
    let (created, ()) = tokio::join!(cosmos.create(&call, NOW), emulator.come_back());
    created.unwrap();
}

#[tokio::test]
async fn an_account_that_went_away_is_found_again() {
    let (cosmos, mut emulator) = connected().await;
    let call = ringing("1", NOW);
    let version = cosmos.create(&call, NOW).await.unwrap();
    emulator.go_down();
    let error = cosmos.replace(&call, &version, NOW).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    emulator.come_back().await;
    cosmos.replace(&call, &version, NOW).await.unwrap();
}

async fn refusal(cosmos: &Cosmos) -> String {
    cosmos.due(NOW, 0).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_missing_container_is_named() {
    let emulator = Emulator::with(&["calls"]).await;
    let text = refusal(&Cosmos::open(account(&emulator.url()))).await;
    assert!(text.contains("database switchboard has no container flows: check COSMOS_DATABASE"), "{text}");
}

#[tokio::test]
async fn a_refused_key_is_said_to_be_one() {
    let emulator = Emulator::start().await;
    emulator.fail(Topology, vec![Refused(401); 100]);
    let text = refusal(&Cosmos::open(account(&emulator.url()))).await;
    assert!(text.contains("refuses COSMOS_KEY (401"), "{text}");
    assert!(!text.contains(KEY), "{text}");
}

#[tokio::test]
async fn an_address_where_nothing_answers_is_named() {
    let mut emulator = Emulator::start().await;
    emulator.go_down();
    let text = refusal(&Cosmos::open(account(&emulator.url()))).await;
    assert!(text.contains(&format!("COSMOS_ENDPOINT {}", emulator.url())), "{text}");
}

#[tokio::test]
async fn a_missing_identity_is_said_to_be_missing() {
    let emulator = Emulator::start().await;
    let access = CosmosAccess::Identity { client_id: None };
    let text = refusal(&Cosmos::open(CosmosAccount { access, ..account(&emulator.url()) })).await;
    assert!(text.contains("managed identity"), "{text}");
}
