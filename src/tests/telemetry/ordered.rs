//! What is told of an order: a trace of its own, beside that of its call.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};

use super::{
    placed::desk,
    standin::{Manner, Standin, attributes},
    tree::Tree,
};
use crate::host::{Deployed, Role, Terms};

/// How long an order, whose call is taken and goes its way, and what is told of it may take: far more than they do.
const ARRIVES_WITHIN: Duration = Duration::from_secs(50);

/// Gives an order to ring one person, who takes the call; yields its id.
async fn give(deployed: &Deployed) -> String {
    let wanted = json!({
        "flow": "desk",
        "people": [{ "user": "8a1d2c3b-4a59-4e68-8b7c-9d0e1f2a3b4c" }],
        "notify": "desk",
    });
    let request = deployed.client.post(format!("{}/api/orders", deployed.url)).header("x-functions-key", &deployed.key);
    let reply = request.header("idempotency-key", "order 1").json(&wanted).send().await.unwrap();
    assert_eq!(reply.status(), 202);
    let accepted: Value = reply.json().await.unwrap();
    accepted["id"].as_str().unwrap().to_owned()
}

/// Waits until a trace is a tree that holds a span of this name.
async fn whole(standin: &Standin, id: &str, name: &str) -> Tree {
    let until = tokio::time::Instant::now() + ARRIVES_WITHIN;
    loop {
        let tree = Tree::of(id, standin.spans());
        match tree.flaw() {
            None if tree.named(name).count() > 0 => return tree,
            flaw if tokio::time::Instant::now() > until => panic!("{flaw:?}: {:?}", standin.spans()),
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_one_tree_with_what_its_turns_asked_and_its_call_is_another() {
    let (standin, url) = Standin::start(Manner::Takes).await;
    let hook = format!("desk={}", desk().await);
    let settings = [("OTEL_EXPORTER_OTLP_ENDPOINT", url.as_str()), ("HOOK_URLS", &hook)];
    let terms = Terms { roles: &[Role::All; 2], is_on_cosmos: true, settings: &settings, menu_s: 1, ..Terms::default() };
    let deployed = Deployed::new(terms).await;
    deployed.ready().await;
    let order = give(&deployed).await;
    let tree = whole(&standin, &order, "POST hook").await;

    let roots: Vec<_> = tree.named("order").collect();
    let [root] = roots[..] else { panic!("{roots:?}") };
    let about = attributes(&root.span.attributes);
    let told = ["switchboard.order", "switchboard.flow", "switchboard.outcome"].map(|name| about[name].as_str());
    assert_eq!(told, [order.as_str(), "desk", "nobody"]);
    assert!(root.span.end_time_unix_nano - root.span.start_time_unix_nano > 1_000_000_000, "an order takes its time");
    let names: BTreeSet<_> = tree.under(root).map(|turn| turn.span.name.as_str()).collect();
    assert_eq!(names, ["turn told", "turn wake"].into());

    let (mut of_cosmos, mut of_hook) = (0, 0);
    for turn in tree.under(root) {
        assert_eq!(attributes(&turn.span.attributes)["switchboard.order"], order);
        let asked: Vec<_> = tree.under(turn).map(|asked| attributes(&asked.span.attributes)).collect();
        assert!(asked.iter().any(|about| about.contains_key("db.operation.name")), "a turn reads its order: {turn:?}");
        of_cosmos += asked.iter().filter(|about| about.contains_key("db.operation.name")).count();
        of_hook += asked.iter().filter(|about| about.get("switchboard.hook").is_some_and(|hook| hook == "desk")).count();
    }
    assert!(of_cosmos > 4 && of_hook == 1, "{of_cosmos} requests to Cosmos DB, {of_hook} to the hook");
    assert_eq!(tree.named("POST /communications/calls").count(), 0, "what a call asks of Graph is the call's");
    let call = whole(&standin, &format!("{order}_1"), "POST /communications/calls").await.call();
    assert_eq!((call["switchboard.direction"].as_str(), call["switchboard.flow"].as_str()), ("outgoing", "desk"));
}
