//! Messages: what they do, and what becomes of those that fail.

use std::{sync::Arc, time::Duration};

use data_encoding::BASE64;
use switchboard::{
    call::{Address, Arrival, Event, GraphCallId, Incoming, Message},
    clock::SystemClock,
    queues::Queues,
    stage::TENANT,
};

use super::super::{
    deployed::{Deployed, Terms},
    judgement::Judgement,
};
use crate::queues::promises::open;

/// A host that is quick to look again and soon gives up, as app settings have it.
const HASTY: [(&str, &str); 3] = [
    ("AzureFunctionsJobHost__extensions__queues__visibilityTimeout", "00:00:00.1"),
    ("AzureFunctionsJobHost__extensions__queues__maxPollingInterval", "00:00:00.1"),
    ("AzureFunctionsJobHost__extensions__queues__maxDequeueCount", "4"),
];

async fn hasty() -> Deployed {
    Deployed::new(Terms { settings: &HASTY, ..Terms::default() }).await
}

fn put(deployed: &Deployed, queue: &str, body: &str) {
    deployed.storage.with(|account| account.put(queue, body, Duration::ZERO, None)).unwrap();
}

/// The queues as the handler and `switchboard queues` see them.
fn queues(deployed: &Deployed) -> Queues {
    open(&deployed.storage.connection_string(), Arc::new(SystemClock))
}

/// How many messages are on a queue and on its poison queue, hidden ones included.
fn counts(deployed: &Deployed, queue: &str) -> (usize, usize) {
    let count = |queue: &str| deployed.storage.with(|account| account.count(queue)).unwrap();
    (count(queue), count(&format!("{queue}-poison")))
}

async fn until_counts(deployed: &Deployed, queue: &str, expected: (usize, usize)) {
    let reached = async {
        while counts(deployed, queue) != expected {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(15), reached).await;
    assert!(in_time.is_ok(), "{queue} has {:?}, not {expected:?}", counts(deployed, queue));
}

/// A call that rang long ago, as a door would put it on the queue.
fn put_missed(deployed: &Deployed, call: &str) {
    let graph_id = GraphCallId::parse(call).unwrap();
    let incoming = Incoming { call: graph_id.clone(), from: None, to: None, is_group: false };
    let message = Message {
        address: Address::Webhook { graph_id, tenant: TENANT.to_owned() },
        arrival: Arrival { event: Event::IncomingCall(incoming), at: "2026-01-02T03:04:05Z".parse().unwrap() },
    };
    let text = serde_json::to_vec(&[message]).unwrap();
    put(deployed, "incoming-call", &BASE64.encode(&text));
}

#[tokio::test]
async fn a_message_takes_effect_and_is_gone() {
    let deployed = hasty().await;
    let call = "3f7a1c52-8d06-4e9b-b2c4-5a6e7f809102";
    put_missed(&deployed, call);
    until_counts(&deployed, "incoming-call", (0, 0)).await;
    assert_eq!(deployed.host().invocations("incoming_call"), [Judgement::Succeeded]);
    assert_eq!(deployed.show(call).await["outcome"], "missed", "it came too late to be answered");
}

#[tokio::test]
async fn a_message_that_cannot_be_read_is_put_aside_with_its_reason_the_first_time() {
    let deployed = hasty().await;
    for (queue, text) in
        [("tone-received", "[{\"event\":\"of no known kind\"}]"), ("wake", "\"no list\", nor JSON"), ("call-ended", "[]")]
    {
        put(&deployed, queue, &BASE64.encode(text.as_bytes()));
        until_counts(&deployed, queue, (0, 1)).await;
        assert_eq!(deployed.host().invocations(&queue.replace('-', "_")), [Judgement::Succeeded]);
        let [poisoned] = &queues(&deployed).poisoned(queue).await.unwrap()[..] else { panic!("one was put aside") };
        assert_eq!(poisoned.message, text, "as it was, so that it can be redelivered");
        assert!(poisoned.reason.as_ref().is_some_and(|reason| reason.starts_with("the message ")), "{poisoned:?}");
    }
}

#[tokio::test]
async fn a_message_that_fails_comes_again_and_is_poison_in_the_end() {
    let mut deployed = Deployed::new(Terms { settings: &HASTY, is_on_cosmos: true, ..Terms::default() }).await;
    deployed.cosmos.as_mut().unwrap().go_down();
    put_missed(&deployed, "3f7a1c52-8d06-4e9b-b2c4-5a6e7f809104");
    let body = deployed.storage.with(|account| account.all("incoming-call").unwrap()[0].body.clone());
    until_counts(&deployed, "incoming-call", (0, 1)).await;
    let invocations = deployed.host().invocations("incoming_call");
    assert_eq!(invocations, vec![Judgement::Failed("status 500".to_owned()); 4]);
    assert_eq!(deployed.storage.with(|account| account.all("incoming-call-poison").unwrap()[0].body.clone()), body, "as it was");
    let [poisoned] = &queues(&deployed).poisoned("incoming-call").await.unwrap()[..] else { panic!("one was given up") };
    assert_eq!(poisoned.reason, None, "the host gives none");
}

#[tokio::test]
async fn a_message_that_is_no_base64_is_poison_without_being_tried() {
    let deployed = hasty().await;
    put(&deployed, "call-ended", "[not base64]");
    until_counts(&deployed, "call-ended", (0, 1)).await;
    assert_eq!(deployed.host().invocations("call_ended"), []);
}

#[tokio::test]
async fn a_message_under_way_when_the_handler_dies_comes_again() {
    let deployed = hasty().await;
    let calls: Vec<_> = (0..40).map(|n| format!("00000000-0000-4000-8000-{n:012}")).collect();
    for call in &calls {
        put_missed(&deployed, call);
    }
    while deployed.host().invocations("incoming_call").is_empty() {
        tokio::task::yield_now().await;
    }
    deployed.host().kill_handler().await;
    until_counts(&deployed, "incoming-call", (0, 0)).await;
    for call in &calls {
        assert_eq!(deployed.show(call).await["outcome"], "missed");
    }
}

#[tokio::test]
async fn the_timer_runs_as_scheduled() {
    let deployed = Deployed::new(Terms { schedule: "* * * * * *", ..Terms::default() }).await;
    let ran = async {
        while deployed.host().invocations("housekeeping").len() < 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), ran).await.unwrap();
    assert!(deployed.host().invocations("housekeeping").iter().all(|judgement| *judgement == Judgement::Succeeded));
}

#[tokio::test]
async fn a_message_that_cannot_be_kept_now_is_brought_again_until_it_can() {
    let mut deployed = Deployed::new(Terms { settings: &HASTY, is_on_cosmos: true, ..Terms::default() }).await;
    let call = "3f7a1c52-8d06-4e9b-b2c4-5a6e7f809103";
    deployed.cosmos.as_mut().unwrap().go_down();
    put_missed(&deployed, call);
    while deployed.host().invocations("incoming_call").is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(counts(&deployed, "incoming-call"), (1, 0), "{:?}", deployed.host().invocations("incoming_call"));
    deployed.cosmos.as_mut().unwrap().come_back().await;
    until_counts(&deployed, "incoming-call", (0, 0)).await;
    assert_eq!(deployed.show(call).await["outcome"], "missed");
    assert_eq!(deployed.host().invocations("incoming_call").last(), Some(&Judgement::Succeeded));
}
