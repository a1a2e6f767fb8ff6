//! Calls are listed: by state, flow and time, page by page, whatever instants they share.

use std::{collections::BTreeSet, sync::Arc};

use jiff::SignedDuration;
use serde_json::Value;
use switchboard::{
    call::{Call, CallKey, Placing},
    flow::Target,
    store::{CallStore, Memory},
};

use super::desk::{ADA, Desk};

/// A document of a call that is being placed, made so many seconds ago.
async fn put(desk: &Desk, key: &str, flow: &str, seconds_ago: i64) {
    let made = desk.stage.app.clock.now() - SignedDuration::from_secs(seconds_ago);
    let flow = desk.stage.app.flows.named(flow).await.unwrap().unwrap();
    let terms = desk.stage.app.terms(switchboard::stage::TENANT, &flow);
    let placing = Placing {
        targets: vec![Target::User(ADA.to_owned())],
        source: None,
        meeting: None,
        ring_s: 60,
        request: String::new(),
        tries: Vec::new(),
    };
    let call = Call::placing(CallKey::parse(key).unwrap(), placing, Default::default(), terms, made);
    desk.stage.app.store.create(&call, made).await.unwrap();
}

fn ids(body: &Value) -> Vec<String> {
    body["calls"].as_array().unwrap().iter().map(|call| call["id"].as_str().unwrap().to_owned()).collect()
}

async fn pages(desk: &Desk, query: &str, limit: usize) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut next = String::new();
    loop {
        let reply = desk.get(&format!("?limit={limit}{query}{next}")).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        pages.push(ids(&reply.body));
        match reply.body["next"].as_str() {
            Some(place) => next = format!("&page={place}"),
            None => return pages,
        }
    }
}

#[tokio::test]
async fn pages_go_on_between_calls_of_one_instant_and_leave_none_out() {
    for store in [None, Some(Arc::new(Memory::default()) as Arc<dyn CallStore>)] {
        let desk = match store {
            Some(store) => Desk::on_store(|_| {}, store).await,
            None => Desk::on(|_| {}).await,
        };
        let hold = desk.stage.hold();
        let mut all = BTreeSet::new();
        for n in 0..250_i64 {
            let key = format!("call{n:03}");
            // Long runs of one instant, longer than what is read at once.
            put(&desk, &key, "first_call", [1_000, 2_000, 2_000, 2_000, 2_000, 3_000, 3_000][usize::try_from(n % 7).unwrap()])
                .await;
            all.insert(key);
        }
        for limit in [1, 7, 100] {
            let pages = pages(&desk, "", limit).await;
            let listed: Vec<String> = pages.concat();
            assert!(pages.iter().all(|page| page.len() <= limit));
            assert_eq!((listed.len(), listed.iter().cloned().collect::<BTreeSet<_>>()), (250, all.clone()), "limit {limit}");
        }
        drop(hold);
    }
}

#[tokio::test]
async fn calls_are_found_by_state_flow_and_time() {
    let desk = Desk::on(|_| {}).await;
    let hold = desk.stage.hold();
    put(&desk, "a", "first_call", 3_000).await;
    put(&desk, "b", "survey", 2_000).await;
    put(&desk, "c", "survey", 1_000).await;
    let since = desk.stage.app.clock.now() - SignedDuration::from_secs(1_500);
    for (query, found) in [
        (String::new(), vec!["c", "b", "a"]),
        ("&flow=survey".to_owned(), vec!["c", "b"]),
        ("&flow=no_such".to_owned(), vec![]),
        ("&state=placing".to_owned(), vec!["c", "b", "a"]),
        ("&state=ended".to_owned(), vec![]),
        (format!("&since={since}"), vec!["c"]),
        (format!("&since={since}&flow=first_call"), vec![]),
    ] {
        assert_eq!(pages(&desk, &query, 100).await.concat(), found, "{query}");
    }
    drop(hold);
}
