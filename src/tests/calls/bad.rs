//! Bad input: what is at fault is named.

use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use reqwest::Method;
use serde_json::{Value, json};

use super::desk::{ADA, Desk, GRACE, ring};
use crate::journeys::written::written;

fn user(id: &str) -> Value {
    json!({ "user": id })
}

#[tokio::test]
async fn every_member_at_fault_is_named() {
    let desk = Desk::on(|_| {}).await;
    let many: Vec<Value> = (0..10_000).map(|_| user(ADA)).collect();
    let long = "x".repeat(501);
    let with = |name: &str, value: Value| {
        let mut wanted = ring(ADA);
        wanted[name] = value;
        wanted
    };
    let meeting = |which: Value| json!({ "flow": "first_call", "meeting": which });
    let cases: Vec<(Value, &[&str])> = vec![
        (with("targets", json!(many)), &["/targets"]),
        (with("targets", json!([])), &["/targets"]),
        (with("targets", json!([{ "phone": "030 123456" }])), &["/targets/0/phone", "/source"]),
        (json!({ "flow": "first_call", "targets": [{ "phone": "+4930123456" }] }), &["/source"]),
        (with("targets", json!([user("Ada"), user(ADA)])), &["/targets/0/user"]),
        (with("targets", json!([user(ADA), user(ADA)])), &["/targets/1/user"]),
        (with("targets", json!([user(ADA), { "applicationInstance": GRACE }])), &["/targets/1"]),
        (with("targets", json!([{ "robot": ADA }])), &["/targets/0"]),
        (with("targets", json!([{ "user": 7 }])), &["/targets/0/user"]),
        (with("flow", json!("no_such_flow")), &["/flow"]),
        (json!({ "targets": [user(ADA)] }), &["/flow"]),
        (with("flow", json!(7)), &["/flow"]),
        (with("variables", json!({ "no_such/one": "1" })), &["/variables/no_such~1one"]),
        (with("ring", json!(4)), &["/ring"]),
        (with("ring", json!(-1)), &["/ring"]),
        (with("source", json!("nobody")), &["/source"]),
        (with("colour", json!("red")), &["/colour"]),
        (json!({ "flow": "survey", "targets": [user(ADA)], "variables": { "quick": long } }), &["/variables/quick"]),
        (json!({ "flow": "pin_gate", "targets": [user(ADA)], "variables": { "pin": "1234" } }), &["/variables/pin"]),
        (json!(["first_call"]), &[""]),
        (meeting(json!(["x"])), &["/meeting"]),
        (meeting(json!({})), &["/meeting"]),
        (meeting(json!({ "joinUrl": "https://meet.example.com/j/123" })), &["/meeting/joinUrl"]),
        (
            meeting(json!({ "joinUrl": "https://teams.microsoft.com/l/channel/19%3ax%40thread.tacv2/General" })),
            &["/meeting/joinUrl"],
        ),
        (meeting(json!({ "id": "12 34" })), &["/meeting/id"]),
        (meeting(json!({ "thread": "19:meeting_x@thread.v2" })), &["/meeting/organiser"]),
        (meeting(json!({ "organiser": ADA, "thread": "meeting" })), &["/meeting/thread"]),
        (with("meeting", json!({ "id": "234567890" })), &["/targets"]),
        (
            json!({ "flow": "x", "targets": [user("a"), user("b")], "ring": 0 }),
            &["/flow", "/targets/0/user", "/targets/1/user", "/ring"],
        ),
    ];
    for (wanted, fields) in cases {
        let reply = desk.order("bad", &wanted).await;
        assert_eq!(reply.problem(), (422, "invalid"), "{:.300}: {:?}", wanted.to_string(), reply.body);
        assert_eq!(reply.fields(), fields, "{:.300}: {:?}", wanted.to_string(), reply.body);
    }
    assert_eq!(desk.placed().len(), 0);
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_told_so() {
    let desk = Desk::on(|_| {}).await;
    let send = |body: Vec<u8>| desk.send(desk.request(Method::POST, "").header("idempotency-key", "1").body(body));
    for body in ["", "{", "[1,", "\u{feff}{}", "{\"flow\":\"first_call\"} more"] {
        assert_eq!(send(body.as_bytes().to_vec()).await.problem(), (400, "unreadable"), "{body}");
    }
    assert_eq!(send(vec![0xff, 0xfe]).await.problem().0, 400);
    assert_eq!(send(vec![b' '; 512 * 1024 + 1]).await.problem(), (413, "too_large"));
    assert_eq!(send(format!("{}{}", "[".repeat(200_000), "]".repeat(200_000)).into_bytes()).await.problem().0, 400);
}

#[tokio::test]
async fn a_name_of_an_order_that_is_none_is_refused() {
    let desk = Desk::on(|_| {}).await;
    for name in [String::new(), "n".repeat(256), "é".to_owned()] {
        assert_eq!(desk.order(&name, &ring(ADA)).await.problem(), (400, "no_idempotency_key"), "{name}");
    }
}

#[tokio::test]
async fn what_is_not_there_and_what_is_not_done_are_told_apart() {
    let desk = Desk::on(|_| {}).await;
    for path in ["/nobody", "/no.body", "/nobody/recordings/1", "/nobody/else", "/a/recordings/x"] {
        assert_eq!(desk.get(path).await.problem(), (404, "not_found"), "{path}");
    }
    for (method, path) in [(Method::PUT, ""), (Method::PATCH, "/nobody"), (Method::GET, "/nobody/events"), (Method::DELETE, "")] {
        assert_eq!(desk.send(desk.request(method, path)).await.problem(), (405, "wrong_method"), "{path}");
    }
    for query in ["?limit=0", "?limit=101", "?state=lost", "?since=yesterday", "?page=1", "?flow=", "?flow=0.5"] {
        assert_eq!(desk.get(query).await.problem(), (400, "bad_parameter"), "{query}");
    }
}

/// Says something, and can be told of news.
const NEWS: &str = r#"
start = "hello"
[events]
news = "news"
[variables]
headline = "none"
[prompts]
hello = { text = "Hello." }
news = { text = "There is news." }
[steps.hello]
do = "play"
prompt = "hello"
then = "news"
[steps.news]
do = "branch"
when = [{ variable = "headline", is = "none", then = "end" }]
otherwise = "say_news"
[steps.say_news]
do = "play"
prompt = "news"
then = "end"
[steps.end]
do = "hang_up"
"#;

#[tokio::test]
async fn a_call_that_goes_on_is_told_only_what_its_flow_has_and_one_that_is_over_nothing() {
    let flows = written(&[("news", NEWS)]);
    let desk = Desk::on(|scene| {
        scene.flows = flows.path().to_owned();
        scene.incoming_flow = "default=news".to_owned();
    })
    .await;
    let hold = desk.stage.hold();
    let id = desk.order("1", &json!({ "flow": "news", "targets": [user(GRACE)] })).await.id();
    let tell = |id: &str, body: Value| desk.send(desk.request(Method::POST, &format!("/{id}/events")).json(&body));
    assert_eq!(tell(&id, json!({ "name": "news", "data": { "headline": "Rain" } })).await.status, 202);
    assert_eq!(desk.call(&id).await.unwrap().variables["headline"], "Rain");
    for (body, field) in [
        (json!({ "name": "olds" }), "/name"),
        (json!({ "data": {} }), "/name"),
        (json!({ "name": "news", "data": { "byline": "2" } }), "/data/byline"),
        (json!({ "name": "news", "data": { "headline": 2 } }), "/data/headline"),
        (json!({ "name": "news", "how": 2 }), "/how"),
    ] {
        let reply = tell(&id, body).await;
        assert_eq!((reply.problem(), reply.fields()), ((422, "invalid"), vec![field]));
    }
    assert_eq!(tell("nobody", json!({ "name": "news" })).await.problem(), (404, "not_found"));
    let end = || desk.send(desk.request(Method::DELETE, &format!("/{id}")));
    assert_eq!(end().await.status, 202);
    drop(hold);
    desk.over(&id).await;
    assert_eq!(tell(&id, json!({ "name": "news" })).await.problem(), (409, "over"));
    assert_eq!(end().await.status, 204);
    assert_eq!(desk.send(desk.request(Method::DELETE, "/nobody")).await.problem(), (404, "not_found"));
}

/// Whatever JSON comes, it is a call or a problem that says what is wrong.
#[tokio::test]
async fn no_body_breaks_the_api() {
    let desk = Desk::on(|scene| drop(scene.settings.insert("DIAL_STOP", "true".to_owned()))).await;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z0-9+:/@. -]{0,12}".prop_map(Value::from),
        Just(json!(ADA)),
        Just(json!("first_call")),
    ];
    let members = prop::sample::select(vec![
        "flow",
        "targets",
        "user",
        "phone",
        "applicationInstance",
        "source",
        "meeting",
        "joinUrl",
        "id",
        "passcode",
        "organiser",
        "thread",
        "variables",
        "ring",
    ]);
    let body = leaf.prop_recursive(4, 24, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(members.clone(), inner, 0..5)
                .prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    });
    let mut runner = TestRunner::default();
    for _ in 0..300 {
        let body = body.new_tree(&mut runner).unwrap().current();
        let reply = desk.order("any", &body).await;
        assert!(matches!(reply.problem(), (422, "invalid") | (503, "stopped")), "{body}: {reply:?}");
    }
}
