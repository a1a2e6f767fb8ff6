//! What is told of a call that the bot places, and of the hook that is told of it.

use std::{fs, time::Duration};

use reqwest::Client;
use serde_json::{Value, json};
use switchboard::stage::{Scene, Stage};
use tokio::net::TcpListener;
use warp::{Filter, http::StatusCode};

use super::{
    standin::{Manner, Standin, attributes},
    tree::Tree,
};

/// Who is rung.
const ADA: &str = "8a1d2c3b-4a59-4e68-8b7c-9d0e1f2a3b4c";

/// Tells a hook that somebody has taken the call, and ends it.
const FLOW: &str = r#"
start = "tell"

[hooks.desk]

[steps.tell]
do = "notify"
hook = "desk"
event = "com.contoso.taken"
then = "end"

[steps.end]
do = "hang_up"
"#;

/// How long what is told may take to arrive: far more than it does.
const ARRIVES_WITHIN: Duration = Duration::from_secs(20);

/// Somebody's server, which takes every notice.
pub(super) async fn desk() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(warp::serve(warp::any().map(|| StatusCode::OK)).incoming(listener).run());
    url
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_places_a_call_is_answered_when_that_is_told_and_its_hook_has_a_span() {
    let folder = tempfile::tempdir().unwrap();
    let flows = folder.path().join("flows");
    fs::create_dir_all(flows.join("taken")).unwrap();
    fs::write(flows.join("taken/flow.toml"), FLOW).unwrap();
    let (standin, url) = Standin::start(Manner::Takes).await;
    let mut scene = Scene::new(flows, "taken", folder.path());
    scene.hooks.insert("desk".to_owned(), desk().await);
    scene.settings.insert("OTEL_EXPORTER_OTLP_ENDPOINT", url);
    let stage = Stage::set(scene).await.unwrap();

    // Nothing else happens meanwhile that could tell of it.
    let hold = stage.hold();
    let order = Client::builder().no_proxy().build().unwrap().post(format!("{}/api/calls", stage.bot_url));
    let order = order.header("x-functions-key", &stage.api_key).header("idempotency-key", "order 1");
    let placed = order.json(&json!({ "flow": "taken", "targets": [{ "user": ADA }] })).send().await.unwrap();
    assert_eq!(placed.status(), 202);
    let placed: Value = placed.json().await.unwrap();
    let call = placed["id"].as_str().unwrap();
    let tree = Tree::of(call, standin.spans());
    assert_eq!(tree.named("POST /communications/calls").count(), 1, "{:?}", standin.spans());
    drop(hold);

    let until = tokio::time::Instant::now() + ARRIVES_WITHIN;
    let tree = loop {
        let tree = Tree::of(call, standin.spans());
        match tree.flaw() {
            None if tree.named("POST hook").count() > 0 => break tree,
            flaw => assert!(tokio::time::Instant::now() < until, "{flaw:?}: {:?}", standin.spans()),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(tree.call()["switchboard.direction"], "outgoing");
    let hooks: Vec<_> = tree.named("POST hook").collect();
    let [hook] = hooks[..] else { panic!("{hooks:?}") };
    let about = attributes(&hook.span.attributes);
    let told = ["switchboard.hook", "switchboard.action", "http.response.status_code"].map(|name| about[name].as_str());
    assert_eq!((hook.span.name.as_str(), told), ("POST hook desk", ["desk", "notify", "200"]));
    let apart = tree.named("apart notify").next().unwrap();
    assert!(tree.under(apart).any(|under| under.span.span_id == hook.span.span_id), "{hook:?}");
}
