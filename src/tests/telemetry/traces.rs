//! A call is one trace, whichever processes take its turns.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;
use switchboard::simulator::ledger::Verdict;

use super::{
    standin::{Manner, Standin, attributes},
    tree::Tree,
};
use crate::host::{Deployed, Role, Terms};

/// How long what is told may take to arrive: far more than it does.
const ARRIVES_WITHIN: Duration = Duration::from_secs(20);

const LOOK_EACH: Duration = Duration::from_millis(50);

/// The log lines of all processes that say something of a call.
fn log(deployed: &Deployed, call: &str, messages: &[&str]) -> Vec<Value> {
    let lines = deployed.hosts.iter().flat_map(|host| host.log());
    lines.filter(|line| line["call"] == call && messages.iter().any(|message| line["message"] == *message)).collect()
}

/// The bot's own name of a call.
fn key(shown: &Value) -> &str {
    shown["id"].as_str().unwrap()
}

/// How often each turn was taken that an event began, by the handlers' own log: what takes it, and what came of it.
fn logged_turns(deployed: &Deployed, call: &str) -> BTreeMap<(String, String), usize> {
    let mut turns = BTreeMap::new();
    for line in log(deployed, call, &["notification taken", "event taken"]) {
        let text = |field: &str| line[field].as_str().unwrap_or_default().to_owned();
        *turns.entry((text("event"), text("outcome"))).or_default() += 1;
    }
    turns
}

/// The same by the trace.
fn told_turns(tree: &Tree) -> BTreeMap<(String, String), usize> {
    let mut turns = BTreeMap::new();
    for turn in tree.named("turn ").filter(|turn| turn.span.name != "turn action_settled") {
        let about = attributes(&turn.span.attributes);
        *turns.entry((about["switchboard.function"].clone(), about["switchboard.outcome"].clone())).or_default() += 1;
    }
    turns
}

/// Waits until a call's trace is a tree with every turn in it.
async fn whole(deployed: &Deployed, standin: &Standin, call: &str) -> Tree {
    let until = tokio::time::Instant::now() + ARRIVES_WITHIN;
    loop {
        let tree = Tree::of(call, standin.spans());
        let (told, logged) = (told_turns(&tree), logged_turns(deployed, call));
        match tree.flaw() {
            None if told == logged => return tree,
            flaw if tokio::time::Instant::now() > until => panic!("{flaw:?}\ntold   {told:?}\nlogged {logged:?}"),
            _ => tokio::time::sleep(LOOK_EACH).await,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_is_one_tree_with_every_turn_in_it_over_two_processes() {
    let (standin, url) = Standin::start(Manner::Takes).await;
    let settings = [("OTEL_EXPORTER_OTLP_ENDPOINT", url.as_str())];
    let terms = Terms { roles: &[Role::All; 2], is_on_cosmos: true, settings: &settings, ..Terms::default() };
    let deployed = Deployed::new(terms).await;
    deployed.ready().await;
    // Posts are dealt at random: of so many calls, not every one has the bad luck to stay with one process.
    let calls: Vec<_> = (0..6).map(|_| deployed.ring()).collect();
    let mut shared = 0;
    for call in &calls {
        let shown = deployed.rest(call).await;
        let call = key(&shown);
        let tree = whole(&deployed, &standin, call).await;
        is_as_it_went(&deployed, &tree, call);
        shared += usize::from(tree.instances().len() == 2);
    }
    assert!(shared > 0, "no call had turns on both processes");
    assert_eq!(standin.sum("switchboard.calls", ("switchboard.ending", "bot_hung_up")), 6);
    assert!(standin.sum("switchboard.graph.requests", ("switchboard.action", "answer")) >= 6);
    assert!(standin.sum("switchboard.cosmos.requests", ("db.operation.name", "replace_item")) >= 12);
    assert!(standin.sum("switchboard.door.answers", ("http.response.status_code", "202")) >= 12);
    assert!(standin.sum("switchboard.turns", ("switchboard.outcome", "changed")) >= 12);
}

/// What the trace says of a call is what the log says of it.
fn is_as_it_went(deployed: &Deployed, tree: &Tree, call: &str) {
    let about = tree.call();
    assert_eq!((about["switchboard.call"].as_str(), about["switchboard.flow"].as_str()), (call, "desk"));
    assert_eq!((about["switchboard.direction"].as_str(), about["switchboard.ending"].as_str()), ("incoming", "bot_hung_up"));
    let root = tree.named("call").next().unwrap();
    assert!(root.span.end_time_unix_nano - root.span.start_time_unix_nano > 500_000_000, "a call takes its time");
    let (mut to_graph, mut to_cosmos) = (0, 0);
    for turn in tree.under(root) {
        for asked in tree.under(turn) {
            let about = attributes(&asked.span.attributes);
            to_graph += usize::from(about.contains_key("http.request.method"));
            to_cosmos += usize::from(about.get("db.system.name").is_some_and(|name| name == "azure.cosmosdb"));
            assert!(asked.span.start_time_unix_nano >= turn.span.start_time_unix_nano, "{asked:?} began before {turn:?}");
        }
        let of_all: u64 = tree.under(turn).filter_map(|asked| number(&attributes(&asked.span.attributes))).sum();
        assert_eq!(Some(of_all), number(&attributes(&turn.span.attributes)), "{turn:?}");
    }
    assert_eq!(to_graph, log(deployed, call, &["asked Graph"]).len());
    assert!(to_cosmos > 2, "{to_cosmos}");
}

fn number(about: &BTreeMap<String, String>) -> Option<u64> {
    about.get("switchboard.cosmos.requests")?.parse().ok()
}

/// The turn that a death cuts off is told of by nobody; all others are, in one tree.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_outlives_a_process_is_still_one_tree() {
    let (standin, url) = Standin::start(Manner::Takes).await;
    let settings = [("OTEL_EXPORTER_OTLP_ENDPOINT", url.as_str())];
    let deployed = Deployed::new(Terms { settings: &settings, ..Terms::default() }).await;
    let call = deployed.ring_as(
        r#"
        does = [{ hears = "greeting" }, { hears = "choose", presses = "1", after = "3s" }, { hears = "goodbye" }]
        ends = { by = "bot" }
        "#,
    );
    let until = tokio::time::Instant::now() + ARRIVES_WITHIN;
    while !standin.spans().iter().any(|told| told.span.name == "turn prompt_finished") {
        assert!(tokio::time::Instant::now() < until, "nothing is told while the call goes on");
        tokio::time::sleep(LOOK_EACH).await;
    }
    deployed.host().kill_handler().await;
    let shown = deployed.rest(&call).await;
    assert_eq!(deployed.teams.ledger(&call).unwrap().script, Verdict::Fulfilled);
    let tree = whole(&deployed, &standin, key(&shown)).await;
    assert_eq!(tree.instances().len(), 2);
}
