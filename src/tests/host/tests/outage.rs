//! Cosmos DB is away for twenty seconds, in the middle of two hundred calls.
//!
//! A call that rings meanwhile could not be answered in time, so all of them have been answered when it begins. From then on the
//! callers hear their prompts to the end and press their keys as if nothing were wrong. The door cannot keep what it is told, so it
//! answers 202 and puts each event on the queue of its type; the host brings it to that function until it can be kept. The order in
//! which they come then is any: a menu may be offered again to a caller whose key comes right after.

use std::time::{Duration, Instant};

use switchboard::{call::Message, functions::FUNCTIONS, queues::queue_of, simulator::ledger::Verdict};

use super::super::{
    deployed::{Deployed, Terms},
    judgement::Judgement,
    running::Role,
};

const CALLS: u64 = 200;

/// How long after one call the next one rings.
const RINGS_EACH: Duration = Duration::from_millis(20);

/// How long Cosmos DB is away.
const AWAY_FOR: Duration = Duration::from_secs(20);

/// How long the last messages may take, from when it is back: the host hides one that failed for five seconds.
const QUEUES_EMPTY_WITHIN: Duration = Duration::from_secs(20);

/// A caller who thinks about the menu: in 0.2 to 6.2 seconds all of them together, so that calls are at every point when it begins.
fn caller(n: u64) -> String {
    let thinks_ms = 200 + 500 * (n % 13);
    format!(
        r#"
        does = [{{ hears = "greeting" }}, {{ hears = "choose", presses = "1", after = "{thinks_ms}ms" }}, {{ hears = "goodbye" }}]
        ends = {{ by = "bot" }}
        "#
    )
}

/// How many calls are answered and not over.
fn going(deployed: &Deployed, calls: &[String]) -> usize {
    let ledgers = calls.iter().filter_map(|call| deployed.teams.ledger(call));
    ledgers.filter(|ledger| ledger.answers == 1 && ledger.ended.is_none()).count()
}

/// What waits on the queues: each function's events. Panics where one is on another queue than that of its type.
fn waiting(deployed: &Deployed) -> Vec<(&'static str, usize)> {
    let of = |function: &'static str| {
        let texts = deployed.storage.get_messages(&queue_of(function));
        for message in texts.iter().flat_map(|text| serde_json::from_str::<Vec<Message>>(text).expect("the door wrote it")) {
            assert_eq!(message.arrival.event.function(), Some(function));
        }
        (function, texts.len())
    };
    FUNCTIONS.iter().map(|function| of(function.name)).collect()
}

/// Waits until no event is left on a queue; alarms of calls are no events.
async fn queues_empty(deployed: &Deployed) {
    let by = Instant::now() + QUEUES_EMPTY_WITHIN;
    loop {
        let left: Vec<_> = waiting(deployed).into_iter().filter(|(function, count)| *function != "wake" && *count > 0).collect();
        if left.is_empty() {
            return;
        }
        assert!(Instant::now() < by, "still on the queues: {left:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cosmos_db_is_away_for_20_seconds_amid_200_calls_and_nothing_is_lost() {
    let terms = Terms { roles: &[Role::All; 3], is_on_cosmos: true, schedule: "*/5 * * * * *", ..Terms::default() };
    let mut deployed = Deployed::new(terms).await;
    deployed.ready().await;
    let mut calls = Vec::new();
    for n in 0..CALLS {
        calls.push(deployed.ring_as(&caller(n)));
        tokio::time::sleep(RINGS_EACH).await;
    }
    let ledgers = || calls.iter().filter_map(|call| deployed.teams.ledger(call));
    while ledgers().any(|ledger| ledger.answers == 0) {
        assert!(ledgers().all(|ledger| ledger.answers == 1 || ledger.ended.is_none()), "a call was not answered in time");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let in_the_middle = going(&deployed, &calls);
    deployed.cosmos.as_mut().unwrap().go_down();
    tokio::time::sleep(AWAY_FOR).await;
    let waiting = waiting(&deployed);
    deployed.cosmos.as_mut().unwrap().come_back().await;
    eprintln!("{in_the_middle} calls were going on; then waited {waiting:?}");
    assert!(in_the_middle >= 100, "{in_the_middle} were going on");
    for function in ["tone_received", "prompt_finished"] {
        assert!(waiting.iter().any(|(name, count)| *name == function && *count > 0), "no {function} was put off: {waiting:?}");
    }

    for call in &calls {
        let shown = deployed.rest(call).await;
        let ledger = deployed.teams.ledger(call).unwrap();
        assert_eq!(ledger.script, Verdict::Fulfilled, "{:#?} {shown:#}", deployed.teams.observed(call));
        assert_eq!((ledger.answers, ledger.hang_ups), (1, 1), "{shown:#}");
    }
    queues_empty(&deployed).await;
    assert!(deployed.poisoned().is_empty(), "{:?}", deployed.poisoned());
    for (function, _) in waiting.iter().filter(|(_, count)| *count > 0) {
        let taken = deployed.hosts.iter().flat_map(|host| host.invocations(function));
        assert!(taken.into_iter().any(|taken| taken == Judgement::Succeeded), "{function}");
    }
}
