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

/// What a part of the description refers to; itself where that is nothing else.
fn meant<'d>(description: &'d Value, part: &'d Value) -> &'d Value {
    let elsewhere = part["$ref"].as_str().and_then(|to| description.pointer(to.strip_prefix('#')?));
    elsewhere.unwrap_or(part)
}

/// What is answered must be among what the description says is, in its media type, with the members that there always are.
fn is_described(description: &Value, path: &str, method: &str, reply: &Reply) {
    let described = &description["paths"][path][method]["responses"][reply.status.to_string()];
    assert!(described.is_object(), "{method} {path} answers {}, which is not described", reply.status);
    let described = meant(description, described);
    let kind = reply.kind.as_deref().filter(|_| !reply.body.is_null());
    match (kind, described["content"].as_object()) {
        (Some(kind), Some(content)) => {
            assert!(content.contains_key(kind), "{method} {path} answers {} as {kind}", reply.status);
            let members = meant(description, &content[kind]["schema"])["required"].as_array().into_iter().flatten();
            let missing: Vec<_> = members.filter(|name| reply.body.get(name.as_str().unwrap()).is_none()).collect();
            assert!(missing.is_empty(), "{method} {path} answers {} without {missing:?}", reply.status);
        }
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
    // Nobody is in it yet.
    is_described(&description, "/api/calls/{id}", "get", &desk.get(&format!("/{id}")).await);
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
    assert_eq!(names(&listed.body), members(&description, "Calls"));
    let entries = shown.body["journal"].as_array().unwrap().iter().flat_map(names).collect::<BTreeSet<_>>();
    assert!(entries.is_subset(&members(&description, "Entry")), "{entries:?}");
    let required = &description["components"]["schemas"]["NewCall"]["required"];
    assert_eq!(required, &json!(["flow"]));
}

#[tokio::test]
async fn what_is_answered_about_orders_and_switches_is_described_too() {
    let desk = Desk::open("orders_described", &answers()).await;
    let description = desk.send(desk.keyless(Method::GET, "/openapi.json")).await.body;
    let keyless = |method: Method, path: &str| desk.client.request(method, format!("{}{path}", desk.stage.bot_url));
    let request = |method, path: &str| keyless(method, path).header("x-functions-key", &desk.stage.api_key);
    let give = |name: &str, wanted: &Value| request(Method::POST, "/api/orders").header("idempotency-key", name).json(wanted);
    let wanted = json!({ "flow": "alarm", "people": [{ "name": "Ada", "user": ADA }] });
    let accepted = desk.send(give("1", &wanted)).await;
    is_described(&description, "/api/orders", "post", &accepted);
    let id = accepted.body["id"].as_str().unwrap();
    assert_eq!(accepted.location, Some(format!("/api/orders/{id}")));
    for (name, wanted) in
        [("1", json!({ "flow": "survey" })), ("2", json!([])), ("3", json!({ "flow": "alarm", "people": [[]] }))]
    {
        let refused = desk.send(give(name, &wanted)).await;
        is_described(&description, "/api/orders", "post", &refused);
        assert_eq!(refused.status, 422, "{wanted}: {refused:?}");
    }
    is_described(&description, "/api/orders", "post", &desk.send(request(Method::POST, "/api/orders").json(&wanted)).await);
    desk.over(&format!("{id}_1")).await;

    let one = format!("/api/orders/{id}");
    let shown = desk.send(request(Method::GET, &one)).await;
    is_described(&description, "/api/orders/{id}", "get", &shown);
    is_described(&description, "/api/orders/{id}", "get", &desk.send(request(Method::GET, "/api/orders/none")).await);
    is_described(&description, "/api/orders/{id}", "delete", &desk.send(request(Method::DELETE, &one)).await);
    let listed = desk.send(request(Method::GET, "/api/orders")).await;
    is_described(&description, "/api/orders", "get", &listed);
    is_described(&description, "/api/orders", "get", &desk.send(request(Method::GET, "/api/orders?before=x")).await);
    is_described(&description, "/api/orders", "get", &desk.send(keyless(Method::GET, "/api/orders")).await);
    assert_eq!(names(&shown.body), members(&description, "Order"));
    assert_eq!(names(&shown.body["calls"][0]), members(&description, "Rung"));
    assert_eq!(names(&listed.body), members(&description, "Orders"));
    let without_calls: BTreeSet<_> = members(&description, "Order").into_iter().filter(|name| name != "calls").collect();
    assert_eq!(names(&listed.body["orders"][0]), without_calls);

    let (switch, path) = ("/api/switches/dial_stop", "/api/switches/{name}");
    let set = desk.send(request(Method::PUT, switch).json(&json!({ "on": true }))).await;
    is_described(&description, path, "put", &set);
    assert_eq!(names(&set.body), members(&description, "Switch"));
    is_described(&description, path, "get", &desk.send(request(Method::GET, switch)).await);
    is_described(&description, path, "get", &desk.send(request(Method::GET, "/api/switches/none")).await);
    for body in [json!([true]), json!({ "on": "yes" }), json!({ "on": "x".repeat(2_000) })] {
        let refused = desk.send(request(Method::PUT, switch).json(&body)).await;
        assert!([400, 413].contains(&refused.status), "{refused:?}");
        is_described(&description, path, "put", &refused);
    }
    // Calling out is stopped.
    is_described(&description, "/api/orders", "post", &desk.send(give("4", &wanted)).await);
}
