//! The description of the API is true: what it says is answered, and what is answered it says.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::desk::{ADA, Desk, Reply, answers, ring};

/// The names of the members that a schema in the description has.
fn members(description: &Value, schema: &str) -> BTreeSet<String> {
    let properties = &description["components"]["schemas"][schema]["properties"];
    properties.as_object().unwrap_or_else(|| panic!("no schema {schema}")).keys().cloned().collect()
}

fn names(value: &Value) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

/// What is answered must be among what the description says is, in its media type.
fn is_described(description: &Value, path: &str, method: &str, reply: &Reply) {
    let described = &description["paths"][path][method]["responses"][reply.status.to_string()];
    assert!(described.is_object(), "{method} {path} answers {}, which is not described", reply.status);
    let kind = reply.kind.as_deref().filter(|_| !reply.body.is_null());
    match (kind, described["content"].as_object()) {
        (Some(kind), Some(content)) => assert!(content.contains_key(kind), "{method} {path} answers {} as {kind}", reply.status),
        (None, None) => {}
        (kind, content) => panic!("{method} {path} answers {} as {kind:?}, described as {content:?}", reply.status),
    }
}

#[tokio::test]
async fn the_description_is_served_to_everyone_and_says_what_is_answered() {
    let desk = Desk::open("calls_described", &answers()).await;
    let served = desk.send(desk.keyless(Method::GET, "/openapi.json")).await;
    let description = served.body;
    assert_eq!((served.status, &description["openapi"]), (200, &json!("3.1.0")));
    let order = async |name: &str, wanted: &Value| desk.order(name, wanted).await;
    let accepted = order("1", &ring(ADA)).await;
    let id = accepted.id();
    is_described(&description, "/api/calls", "post", &accepted);
    for (name, wanted) in [("1", json!({ "flow": "survey" })), ("2", json!({})), ("3", json!({ "flow": "x", "targets": "y" }))] {
        is_described(&description, "/api/calls", "post", &order(name, &wanted).await);
    }
    let steer = |id: &str, body: Value| desk.send(desk.request(Method::POST, &format!("/{id}/events")).json(&body));
    is_described(&description, "/api/calls/{id}/events", "post", &steer(&id, json!({ "name": "news" })).await);
    is_described(&description, "/api/calls/{id}/events", "post", &steer("none", json!({ "name": "news" })).await);
    desk.over(&id).await;
    is_described(&description, "/api/calls/{id}/events", "post", &steer(&id, json!({ "name": "news" })).await);
    let shown = desk.get(&format!("/{id}")).await;
    is_described(&description, "/api/calls/{id}", "get", &shown);
    is_described(&description, "/api/calls/{id}", "get", &desk.get("/none").await);
    is_described(&description, "/api/calls/{id}", "delete", &desk.send(desk.request(Method::DELETE, &format!("/{id}"))).await);
    let listed = desk.get("").await;
    is_described(&description, "/api/calls", "get", &listed);
    is_described(&description, "/api/calls", "get", &desk.get("?limit=x").await);
    is_described(&description, "/api/calls", "get", &desk.send(desk.keyless(Method::GET, "")).await);

    // Only calls of an order have one.
    let with_order: BTreeSet<_> = names(&shown.body).into_iter().chain(["order".to_owned()]).collect();
    assert_eq!(with_order, members(&description, "Call"));
    assert_eq!(names(&shown.body["placing"]), members(&description, "Placing"));
    assert_eq!(names(&listed.body), members(&description, "Listed"));
    let entries = shown.body["journal"].as_array().unwrap().iter().flat_map(names).collect::<BTreeSet<_>>();
    assert!(entries.is_subset(&members(&description, "Entry")), "{entries:?}");
    let required = &description["components"]["schemas"]["Wanted"]["required"];
    assert_eq!(required, &json!(["flow"]));
}
