//! What has to wait: for Cosmos DB, for Graph, for a time. A queue brings it to the function of its type, whichever instance runs that.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use switchboard::simulator::{ledger::Verdict, observation::Seen};

use super::super::{
    deployed::{Deployed, Terms},
    judgement::Judgement,
    running::Role,
};

/// As a Flex plan has it: no instance that takes HTTP listens to a queue.
const APART: [Role; 4] = [Role::Http, Role::Function("incoming_call"), Role::Function("wake"), Role::Function("housekeeping")];

/// When something first happened in a call.
fn first(deployed: &Deployed, call: &str, is_it: fn(&Seen) -> bool) -> Timestamp {
    deployed.teams.observed(call).iter().find(|seen| is_it(&seen.what)).expect("it happened").at
}

#[tokio::test]
async fn a_call_that_rings_while_cosmos_db_is_away_goes_by_its_queue_to_another_instance_and_is_answered() {
    let mut deployed = Deployed::new(Terms { roles: &APART, is_on_cosmos: true, ..Terms::default() }).await;
    deployed.ready().await;
    deployed.cosmos.as_mut().unwrap().go_down();
    let call = deployed.ring();
    let by = Instant::now() + Duration::from_secs(10);
    while deployed.storage.with(|account| account.count("incoming-call")).unwrap() == 0 {
        assert!(Instant::now() < by, "the door puts it on the queue");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    deployed.cosmos.as_mut().unwrap().come_back().await;
    let shown = deployed.rest(&call).await;
    let ledger = deployed.teams.ledger(&call).unwrap();
    assert_eq!(ledger.script, Verdict::Fulfilled, "{shown:#}");
    assert_eq!((ledger.answers, ledger.hang_ups), (1, 1));
    assert_eq!(deployed.hosts[1].invocations("incoming_call").last(), Some(&Judgement::Succeeded));
    assert!(deployed.poisoned().is_empty(), "{:?}", deployed.poisoned());
}

#[tokio::test]
async fn a_call_that_graph_asks_to_wait_for_7_seconds_goes_on_after_7_to_10() {
    let deployed = Deployed::new(Terms { roles: &APART, is_on_cosmos: true, throttled_s: Some(7), ..Terms::default() }).await;
    deployed.ready().await;
    let call = deployed.ring();
    let shown = deployed.rest(&call).await;
    assert_eq!(deployed.teams.ledger(&call).unwrap().script, Verdict::Fulfilled, "{shown:#}");
    let woken = deployed.hosts[2].invocations("wake");
    assert!(!woken.is_empty() && woken.iter().all(|woken| *woken == Judgement::Succeeded), "{woken:?}");
    let connected = first(&deployed, &call, |seen| matches!(seen, Seen::Connected));
    let heard = first(&deployed, &call, |seen| matches!(seen, Seen::PromptBegan { .. }));
    let waited = heard.duration_since(connected);
    assert!((SignedDuration::from_secs(7)..SignedDuration::from_secs(10)).contains(&waited), "{waited}");
}
