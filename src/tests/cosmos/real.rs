//! The same store on a real account, where there is one to be had.
//!
//! `SWITCHBOARD_TEST_COSMOS_ENDPOINT` names it. Its database is `switchboard`, it has the containers, and whoever runs the test may use
//! it: by the managed identity of the machine, or by the key of an emulator in `SWITCHBOARD_TEST_COSMOS_KEY`.

use jiff::{SignedDuration, Timestamp};
use switchboard::{
    call::{Call, CallbackSecret, Ending, GraphCallId, Incoming, Phase, Terms},
    config::{BaseUrl, CosmosAccess, CosmosAccount},
    store::{Calls, Cosmos, Page, StoreError},
};

const ENDPOINT: &str = "SWITCHBOARD_TEST_COSMOS_ENDPOINT";

fn account() -> Option<CosmosAccount> {
    let endpoint = std::env::var(ENDPOINT).ok()?;
    let access = match std::env::var("SWITCHBOARD_TEST_COSMOS_KEY") {
        Ok(key) => CosmosAccess::Key(key.into()),
        Err(_) => CosmosAccess::Identity { client_id: None },
    };
    let endpoint = BaseUrl::parse(&endpoint).unwrap_or_else(|fault| panic!("{ENDPOINT} {fault}"));
    Some(CosmosAccount { endpoint, database: "switchboard".to_owned(), access })
}

/// A call of a name that no run before had, over for as long as it is kept: the account removes it soon.
fn ended(now: Timestamp) -> Call {
    let id = GraphCallId::parse(&format!("test{}", now.as_nanosecond())).expect("it is an id");
    let terms = Terms {
        tenant: "contoso".to_owned(),
        flow: "first_call".to_owned(),
        flow_version: "0".repeat(32),
        secret: CallbackSecret::new(7),
        max_minutes: 60,
        kept_for_s: 60,
    };
    let call = Call::ringing(&Incoming { call: id, from: None, to: None, is_group: false }, terms, now);
    Call { phase: Phase::Ended { at: now, ending: Ending::CallerHungUp, result: None }, ..call }
}

#[tokio::test]
async fn a_real_account_keeps_the_promises_that_an_emulator_cannot_show() {
    let Some(account) = account() else {
        println!("skipped: {ENDPOINT} is not set");
        return;
    };
    let store = Cosmos::open(account);
    let now = Timestamp::now();
    let call = ended(now);
    let first = store.create(&call, now).await.unwrap();
    assert!(matches!(store.create(&call, now).await, Err(StoreError::Exists(_))));
    let changed = Call { failures: 1, ..call.clone() };
    let second = store.replace(&changed, &first, now).await.unwrap();
    assert!(matches!(store.replace(&call, &first, now).await, Err(StoreError::Conflict(_))));
    let stored = store.load(&call.key, now).await.unwrap().unwrap();
    assert_eq!((stored.call, stored.version), (changed.clone(), second));
    let listed = store.list(Page { limit: 1, before: Some(now + SignedDuration::from_nanos(1)) }, now).await.unwrap();
    assert_eq!(listed, [changed]);
    store.due(now, 10).await.unwrap();

    let over = now + SignedDuration::from_secs(60);
    assert_eq!(store.load(&call.key, over).await.unwrap(), None);
}
