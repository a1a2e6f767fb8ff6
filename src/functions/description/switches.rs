//! What can be asked of `/api/switches`.

use schemars::SchemaGenerator;
use serde_json::{Value, json};

use super::words::{Paths, answers, body, example, in_path, schema};
use crate::functions::switches::{Position, SwitchView};

/// The path, and what can be asked there.
pub(super) fn paths(types: &mut SchemaGenerator) -> Paths {
    let mut name = in_path("name", "The switch's name.", json!({ "type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$" }));
    name["example"] = json!("reception_closed");
    vec![("/api/switches/{name}".to_owned(), json!({ "parameters": [name], "get": show(types), "put": set(types) }))]
}

fn show(types: &mut SchemaGenerator) -> Value {
    json!({
        "operationId": "showSwitch",
        "summary": "Shows a switch.",
        "responses": answers(types, &[is_so()], &["401", "403", "404", "503"]),
    })
}

fn set(types: &mut SchemaGenerator) -> Value {
    json!({
        "operationId": "setSwitch",
        "summary": "Turns a switch on or off: one that a flow looks at, or `dial_stop`, which stops calling out.",
        "requestBody": example(body::<Position>(types), json!({ "on": true })),
        "responses": answers(types, &[is_so()], &["400", "401", "403", "404", "408", "413", "503"]),
    })
}

fn is_so() -> (&'static str, &'static str, Option<super::words::Describe>) {
    ("200", "How it is.", Some(schema::<SwitchView<'_>>))
}
