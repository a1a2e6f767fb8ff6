//! What can be asked of `/api/orders`.

use schemars::SchemaGenerator;
use serde_json::{Value, json};

use super::words::{Paths, accepted, answers, body, example, id, idempotency_key, in_query, limit, once, schema};
use crate::functions::orders::{
    view::{Listed, OrderView},
    wanted::Wanted,
};

/// Each path, and what can be asked there.
pub(super) fn paths(types: &mut SchemaGenerator) -> Paths {
    let id = id("The order's id.");
    vec![
        ("/api/orders".to_owned(), json!({ "get": list(types), "post": give(types) })),
        ("/api/orders/{id}".to_owned(), json!({ "parameters": [id], "get": show(types), "delete": stop(types) })),
    ]
}

fn list(types: &mut SchemaGenerator) -> Value {
    json!({
        "operationId": "listOrders",
        "summary": "Lists orders, the newest first.",
        "parameters": [
            limit(),
            in_query("before", "Only orders given before this instant.", json!({ "type": "string", "format": "date-time" })),
        ],
        "responses": answers(types, &[("200", "The orders.", Some(schema::<Listed<'_>>))], &["400", "401", "403", "503"]),
    })
}

fn give(types: &mut SchemaGenerator) -> Value {
    let wanted = json!({
        "flow": "alarm",
        "people": [
            { "name": "Ada", "user": "8a1d2c3b-4a59-4e68-8b7c-9d0e1f2a3b4c" },
            { "name": "Grace", "user": "9b2e3d4c-5b6a-4f79-9c8d-0e1f2a3b4c5d" },
        ],
        "rounds": 3,
        "ring": 20,
    });
    let problems = ["400", "401", "403", "408", "413", "422", "503"];
    json!({
        "operationId": "giveOrder",
        "summary": "Gives an order: people are rung until somebody acknowledges.",
        "description": once("order"),
        "parameters": [idempotency_key()],
        "requestBody": example(body::<Wanted>(types), wanted),
        "responses": accepted(types, "The order is kept, or was before.", "Where the order is shown.", &problems),
    })
}

fn show(types: &mut SchemaGenerator) -> Value {
    json!({
        "operationId": "showOrder",
        "summary": "Shows an order, with its calls.",
        "responses": answers(types, &[("200", "The order.", Some(schema::<OrderView<'_>>))], &["401", "403", "404", "503"]),
    })
}

fn stop(types: &mut SchemaGenerator) -> Value {
    let ends = [("202", "It is being stopped.", None), ("204", "It had come to something already.", None)];
    json!({
        "operationId": "stopOrder",
        "summary": "Stops an order: nobody is rung any more, and its calls are ended.",
        "responses": answers(types, &ends, &["401", "403", "404", "503"]),
    })
}
