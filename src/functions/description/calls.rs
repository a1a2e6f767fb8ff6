//! What can be asked of `/api/calls`.

use schemars::SchemaGenerator;
use serde_json::{Value, json};

use super::words::{Paths, accepted, answers, body, example, id, idempotency_key, in_path, in_query, limit, once, schema};
use crate::functions::calls::{
    listing::State,
    steer::Steering,
    view::{CallView, Listed, Refusals},
    wanted::Wanted,
};

/// Each path, and what can be asked there.
pub(super) fn paths(types: &mut SchemaGenerator) -> Paths {
    let id = || id("The call's id.");
    let number = in_path("n", "The recording's number.", json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }));
    vec![
        ("/api/calls".to_owned(), json!({ "get": list(types), "post": place(types) })),
        ("/api/calls/refusals.json".to_owned(), json!({ "get": refusals(types) })),
        ("/api/calls/{id}".to_owned(), json!({ "parameters": [id()], "get": show(types), "delete": end(types) })),
        ("/api/calls/{id}/events".to_owned(), json!({ "parameters": [id()], "post": steer(types) })),
        ("/api/calls/{id}/recordings/{n}".to_owned(), json!({ "parameters": [id(), number], "get": recording(types) })),
    ]
}

fn list(types: &mut SchemaGenerator) -> Value {
    let flow = json!({ "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9_-]+$" });
    let page = json!({ "type": "string", "pattern": "^[0-9T:.Z-]+~[0-9a-z_]+$" });
    json!({
        "operationId": "listCalls",
        "summary": "Lists calls, the newest first.",
        "parameters": [
            in_query("state", "Only calls that stand so.", schema::<State>(types)),
            in_query("flow", "Only calls of this flow.", flow),
            in_query("since", "Only calls made at this instant or later.", json!({ "type": "string", "format": "date-time" })),
            limit(),
            in_query("page", "Goes on where a page ended: its `next`.", page),
        ],
        "responses": answers(types, &[("200", "The calls.", Some(schema::<Listed<'_>>))], &["400", "401", "403", "503"]),
    })
}

fn place(types: &mut SchemaGenerator) -> Value {
    let wanted = json!({
        "flow": "first_call",
        "targets": [{ "user": "8a1d2c3b-4a59-4e68-8b7c-9d0e1f2a3b4c" }],
        "ring": 30,
    });
    let problems = ["400", "401", "403", "408", "409", "413", "422", "429", "503"];
    json!({
        "operationId": "placeCall",
        "summary": "Places a call: rings somebody, or joins a meeting.",
        "description": once("call"),
        "parameters": [idempotency_key()],
        "requestBody": example(body::<Wanted>(types), wanted),
        "responses": accepted(
            types, "The call is placed, or was before by the same order.", "Where the call is shown.", &problems,
        ),
    })
}

fn refusals(types: &mut SchemaGenerator) -> Value {
    json!({
        "operationId": "listRefusals",
        "summary": "Lists what the limits on calling out did not let the bot place, the latest first.",
        "responses": answers(types, &[("200", "The refusals.", Some(schema::<Refusals>))], &["401", "403", "503"]),
    })
}

fn show(types: &mut SchemaGenerator) -> Value {
    json!({
        "operationId": "showCall",
        "summary": "Shows a call.",
        "responses": answers(types, &[("200", "The call.", Some(schema::<CallView<'_>>))], &["401", "403", "404", "503"]),
    })
}

fn steer(types: &mut SchemaGenerator) -> Value {
    let problems = ["400", "401", "403", "404", "408", "409", "413", "422", "503"];
    json!({
        "operationId": "steerCall",
        "summary": "Tells a call that goes on what has happened.",
        "requestBody": body::<Steering>(types),
        "responses": answers(types, &[("202", "It is told.", None)], &problems),
    })
}

fn end(types: &mut SchemaGenerator) -> Value {
    let ends = [("202", "It is being ended.", None), ("204", "It was over already.", None)];
    json!({
        "operationId": "endCall",
        "summary": "Ends a call.",
        "responses": answers(types, &ends, &["401", "403", "404", "503"]),
    })
}

fn recording(types: &mut SchemaGenerator) -> Value {
    let mut answers = answers(
        types,
        &[("200", "The recording.", None), ("206", "A part of it.", None), ("304", "It has not changed.", None)],
        &["401", "403", "404", "503"],
    );
    let wav = json!({ "audio/wav": { "schema": { "type": "string", "contentEncoding": "binary" } } });
    answers["200"]["content"] = wav.clone();
    answers["206"]["content"] = wav;
    json!({ "operationId": "recording", "summary": "Hands out a recording, as WAV.", "responses": answers })
}
