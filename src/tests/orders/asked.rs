//! What may be asked, and what is answered.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use super::desk::{Desk, alarm, contacts, user};

async fn desk() -> Desk {
    Desk::open(None, &contacts(&["declines = \"2s\""; 3]), |_| {}).await
}

fn fields(problem: &Value) -> Vec<&str> {
    let several = problem["errors"].as_array().into_iter().flatten().map(|fault| &fault["field"]);
    several.chain([&problem["field"]]).filter_map(Value::as_str).collect()
}

#[tokio::test]
async fn the_same_order_however_often_and_at_once_is_one_order() {
    let desk = desk().await;
    let wanted = alarm(1, json!({}));
    let answers = join_all((0..30).map(|_| desk.ask(Method::POST, "", Some("incident 1"), Some(&wanted)))).await;
    let ids: std::collections::BTreeSet<String> =
        answers.iter().map(|(status, body)| format!("{status} {}", body["id"])).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    let (_, listed) = desk.ask(Method::GET, "", None, None).await;
    assert_eq!(listed["orders"].as_array().unwrap().len(), 1);
    let (status, problem) = desk.ask(Method::POST, "", Some("incident 1"), Some(&alarm(2, json!({})))).await;
    assert_eq!((status, problem["type"].as_str()), (422, Some("urn:switchboard:problem:other_order")));
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_every_member_at_fault() {
    let desk = desk().await;
    for (change, at) in [
        (json!({ "flow": "none" }), vec!["/flow"]),
        (json!({ "flow": "meeting_announcer" }), vec!["/flow"]),
        (json!({ "people": [] }), vec!["/people"]),
        (json!({ "people": vec![json!({ "user": user(1) }); 101] }), vec!["/people"]),
        (json!({ "people": [{ "name": "nobody" }] }), vec!["/people/0"]),
        (json!({ "people": [{ "user": user(1), "phone": "+4930123456" }] }), vec!["/people/0"]),
        (
            json!({ "people": [{ "user": "Ada" }, { "user": user(1) }, { "user": user(1) }] }),
            vec!["/people/0/user", "/people/2/user"],
        ),
        (json!({ "people": [{ "phone": "+4930123456" }] }), vec!["/source"]),
        (json!({ "rounds": 0, "ring": 4, "pause": 86_401 }), vec!["/rounds", "/ring", "/pause"]),
        (
            json!({ "quiet": { "timezone": "Berlin", "from": "25:00", "to": "7" } }),
            vec!["/quiet/timezone", "/quiet/from", "/quiet/to"],
        ),
        (json!({ "quiet": { "timezone": "UTC", "from": "07:00", "to": "07:00" } }), vec!["/quiet/to"]),
        (
            json!({ "quiet": { "timezone": "UTC", "from": "07:00", "to": "08:00", "days": vec!["sunday"; 7] } }),
            vec!["/quiet/days"],
        ),
        (json!({ "people": [{ "user": user(1) }, ["Ada", user(2)]] }), vec!["/people/1"]),
        (json!({ "variables": { "colour": "red" } }), vec!["/variables/colour"]),
        (json!({ "notify": "nobody" }), vec!["/notify"]),
        (json!({ "mode": "sideways" }), vec!["/mode"]),
    ] {
        let (status, problem) = desk.ask(Method::POST, "", Some("incident 1"), Some(&alarm(1, change.clone()))).await;
        assert_eq!((status, fields(&problem)), (422, at), "{change}: {problem}");
    }
    let (status, problem) = desk.ask(Method::POST, "", None, Some(&alarm(1, json!({})))).await;
    assert_eq!((status, problem["type"].as_str()), (400, Some("urn:switchboard:problem:no_idempotency_key")));
    assert_eq!(desk.ask(Method::GET, "/none", None, None).await.0, 404);
    assert_eq!(desk.ask(Method::PUT, "", None, None).await.0, 405);
    assert_eq!(desk.ask(Method::GET, "/a/b", None, None).await.0, 404);
}

#[tokio::test]
async fn what_cannot_be_listed_is_said_and_not_passed_over() {
    let desk = desk().await;
    for parameter in ["limit=0", "limit=101", "limit=x", "limit=", "before=yesterday", "before="] {
        let (status, problem) = desk.ask(Method::GET, &format!("?{parameter}"), None, None).await;
        assert_eq!((status, problem["type"].as_str()), (400, Some("urn:switchboard:problem:bad_parameter")), "{parameter}");
    }
    for n in 1..=3 {
        desk.give(&format!("incident {n}"), &alarm(1, json!({}))).await;
    }
    let listed = async |query: &str| {
        let (status, body) = desk.ask(Method::GET, query, None, None).await;
        assert_eq!(status, 200, "{query}: {body}");
        body["orders"].as_array().unwrap().len()
    };
    assert_eq!((listed("?limit=2").await, listed("?before=2001-01-01T00:00:00Z").await, listed("?limit=100").await), (2, 0, 3));
}

#[tokio::test]
async fn whom_the_bot_may_not_call_is_refused_when_the_order_is_given() {
    let open = |scene: &mut switchboard::stage::Scene| drop(scene.settings.insert("DIAL_ALLOW", user(1)));
    let desk = Desk::open(None, "", open).await;
    let (status, problem) = desk.ask(Method::POST, "", Some("incident 1"), Some(&alarm(3, json!({})))).await;
    assert_eq!((status, fields(&problem)), (403, vec!["/people/0", "/people/2"]), "{problem}");
    let refused = switchboard::dial::refusals(&desk.stage.app).await.unwrap();
    let told: Vec<_> = refused.iter().map(|one| (one.flow.as_str(), one.reason.as_str(), one.times)).collect();
    assert_eq!(told, [("alarm", "not_allowed", 1)]);
}
