//! `GET /api/calls/openapi.json`: what can be asked here, made of the very types that read and write it.
//! <https://spec.openapis.org/oas/v3.1.0>

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};
use warp::reply::{Reply, Response};

use super::{
    LARGEST_BODY, identity,
    listing::{LONGEST_PAGE, State},
    place::Accepted,
    steer::Steering,
    view::{CallView, Listed},
    wanted::Wanted,
};
use crate::functions::problem::Problem;

/// The media type of problems.
const PROBLEM: &str = "application/problem+json";

/// The description, as it is answered.
pub(super) fn answer() -> Response {
    warp::reply::json(&description()).into_response()
}

/// The description.
pub fn description() -> Value {
    let mut types = SchemaSettings::draft2020_12().with(|to| to.definitions_path = "/components/schemas".into()).into_generator();
    let paths = json!({
        "/api/calls": {
            "get": list(&mut types),
            "post": place(&mut types),
        },
        "/api/calls/{id}": {
            "parameters": [id()],
            "get": show(&mut types),
            "delete": end(&mut types),
        },
        "/api/calls/{id}/events": {
            "parameters": [id()],
            "post": steer(&mut types),
        },
        "/api/calls/{id}/recordings/{n}": {
            "parameters": [id(), recording_number()],
            "get": recording(&mut types),
        },
    });
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Switchboard",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Calls are placed, listed, shown, steered and ended here.",
        },
        "security": [{ "key": [] }, { "code": [] }, { "token": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "key": { "type": "apiKey", "in": "header", "name": "x-functions-key" },
                "code": { "type": "apiKey", "in": "query", "name": "code" },
                "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
            },
            "schemas": types.take_definitions(true),
        },
    })
}

fn list(types: &mut SchemaGenerator) -> Value {
    let parameter =
        |name: &str, what: &str, schema: Value| json!({ "name": name, "in": "query", "description": what, "schema": schema });
    let state = types.subschema_for::<State>();
    json!({
        "operationId": "list",
        "summary": "Lists calls, the newest first.",
        "parameters": [
            parameter("state", "Only calls that stand so.", json!(state)),
            parameter("flow", "Only calls of this flow.", json!({ "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9_-]+$" })),
            parameter("since", "Only calls made at this instant or later.", json!({ "type": "string", "format": "date-time" })),
            parameter("limit", "At most so many.", json!({ "type": "integer", "minimum": 1, "maximum": LONGEST_PAGE, "default": LONGEST_PAGE })),
            parameter("page", "Goes on where a page ended: its `next`.", json!({ "type": "string", "pattern": "^[0-9T:.Z-]+~[0-9a-z_]+$" })),
        ],
        "responses": answers(types, &[("200", "The calls.", Some(schema::<Listed<'_>>))], &["400", "401", "403", "503"]),
    })
}

fn place(types: &mut SchemaGenerator) -> Value {
    let mut answers = answers(
        types,
        &[("202", "The call is placed, or was before by the same order.", Some(schema::<Accepted<'_>>))],
        &["400", "401", "403", "408", "409", "413", "422", "429", "503"],
    );
    answers["202"]["headers"] =
        json!({ "Location": { "description": "Where the call is shown.", "schema": { "type": "string" } } });
    json!({
        "operationId": "place",
        "summary": "Places a call: rings somebody, or joins a meeting.",
        "description": format!("The same order, by its Idempotency-Key, is the same call, however often it is sent. A body has at most {LARGEST_BODY} bytes."),
        "parameters": [{
            "name": "Idempotency-Key",
            "in": "header",
            "required": true,
            "description": "The order's name, of your own choice.",
            "schema": { "type": "string", "minLength": 1, "maxLength": identity::LONGEST, "pattern": "^[!-~]+$" },
        }],
        "requestBody": example(body::<Wanted>(types), json!({
            "flow": "first_call",
            "targets": [{ "user": "8a1d2c3b-4a59-4e68-8b7c-9d0e1f2a3b4c" }],
            "ring": 30,
        })),
        "responses": answers,
    })
}

fn show(types: &mut SchemaGenerator) -> Value {
    json!({
        "operationId": "show",
        "summary": "Shows a call.",
        "responses": answers(types, &[("200", "The call.", Some(schema::<CallView<'_>>))], &["401", "403", "404", "503"]),
    })
}

fn steer(types: &mut SchemaGenerator) -> Value {
    json!({
        "operationId": "steer",
        "summary": "Tells a call that goes on what has happened.",
        "requestBody": body::<Steering>(types),
        "responses": answers(types, &[("202", "It is told.", None)], &["400", "401", "403", "404", "408", "409", "413", "422", "503"]),
    })
}

fn end(types: &mut SchemaGenerator) -> Value {
    let ends = [("202", "It is being ended.", None), ("204", "It was over already.", None)];
    json!({
        "operationId": "end",
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

fn id() -> Value {
    json!({
        "name": "id",
        "in": "path",
        "required": true,
        "description": "The call's id.",
        "schema": { "type": "string", "pattern": "^[0-9A-Za-z_-]{1,128}$" },
    })
}

fn recording_number() -> Value {
    json!({
        "name": "n",
        "in": "path",
        "required": true,
        "description": "The recording's number.",
        "schema": { "type": "integer", "minimum": 0, "maximum": u32::MAX },
    })
}

fn schema<T: JsonSchema>(types: &mut SchemaGenerator) -> Value {
    json!(types.subschema_for::<T>())
}

fn body<T: JsonSchema>(types: &mut SchemaGenerator) -> Value {
    json!({ "required": true, "content": { "application/json": { "schema": schema::<T>(types) } } })
}

fn example(mut body: Value, example: Value) -> Value {
    body["content"]["application/json"]["example"] = example;
    body
}

/// How a type is described.
type Describe = fn(&mut SchemaGenerator) -> Value;

/// What can be answered: by status, when all is well and when not.
fn answers(types: &mut SchemaGenerator, well: &[(&str, &str, Option<Describe>)], problems: &[&str]) -> Value {
    let mut answers = Map::new();
    for (status, what, describe) in well {
        let mut answer = json!({ "description": what });
        if let Some(describe) = describe {
            answer["content"] = json!({ "application/json": { "schema": describe(types) } });
        }
        answers.insert((*status).to_owned(), answer);
    }
    for status in problems {
        let content = json!({ PROBLEM: { "schema": schema::<Problem>(types) } });
        answers.insert((*status).to_owned(), json!({ "description": meaning(status), "content": content }));
    }
    Value::Object(answers)
}

/// What a problem's status means here.
fn meaning(status: &str) -> &'static str {
    match status {
        "400" => "The request cannot be read.",
        "401" => "It is not known who asks.",
        "403" => "Who asks, or the bot, may not do this.",
        "404" => "There is nothing here.",
        "408" => "The body did not arrive in time.",
        "409" => "The call is over, or the meeting is joined already.",
        "413" => "The body is too large.",
        "422" => "What is asked for is not valid, or the Idempotency-Key is of another order.",
        "429" => "There are too many calls; Retry-After says when to try again.",
        _ => "It cannot be done now.",
    }
}
