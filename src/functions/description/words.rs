//! What descriptions are put together of.

use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::functions::api::{
    asked::LONGEST_PAGE,
    body::LARGEST_BODY,
    identity::{Accepted, LONGEST},
    problem::Problem,
};

/// The media type of problems.
const PROBLEM: &str = "application/problem+json";

/// Paths, each with what can be asked of it.
pub(super) type Paths = Vec<(String, Value)>;

/// How a type is described.
pub(super) type Describe = fn(&mut SchemaGenerator) -> Value;

/// The schema of a type.
pub(super) fn schema<T: JsonSchema>(types: &mut SchemaGenerator) -> Value {
    json!(types.subschema_for::<T>())
}

/// A body of a type.
pub(super) fn body<T: JsonSchema>(types: &mut SchemaGenerator) -> Value {
    json!({ "required": true, "content": { "application/json": { "schema": schema::<T>(types) } } })
}

/// The same, with an example.
pub(super) fn example(mut body: Value, example: Value) -> Value {
    body["content"]["application/json"]["example"] = example;
    body
}

/// A part of the path, by its name.
pub(super) fn in_path(name: &str, what: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "path", "required": true, "description": what, "schema": schema })
}

/// An id in the path.
pub(super) fn id(what: &str) -> Value {
    in_path("id", what, json!({ "type": "string", "pattern": "^[0-9A-Za-z_-]{1,128}$" }))
}

/// A parameter of the query.
pub(super) fn in_query(name: &str, what: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "query", "description": what, "schema": schema })
}

/// How much is listed.
pub(super) fn limit() -> Value {
    let schema = json!({ "type": "integer", "minimum": 1, "maximum": LONGEST_PAGE, "default": LONGEST_PAGE });
    in_query("limit", "At most so many.", schema)
}

/// The header that names an order.
pub(super) fn idempotency_key() -> Value {
    json!({
        "name": "Idempotency-Key",
        "in": "header",
        "required": true,
        "description": "The order's name, of your own choice.",
        "schema": { "type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[!-~]+$" },
    })
}

/// What is said of every order beside its summary.
pub(super) fn once(what: &str) -> String {
    format!(
        "The same order, by its Idempotency-Key, is the same {what}, however often it is sent. A body has at most {LARGEST_BODY} bytes."
    )
}

/// What is answered to an order.
pub(super) fn accepted(types: &mut SchemaGenerator, what: &str, place: &str, problems: &[&str]) -> Value {
    let mut answers = answers(types, &[("202", what, Some(schema::<Accepted<'_>>))], problems);
    answers["202"]["headers"] = json!({ "Location": { "description": place, "schema": { "type": "string" } } });
    answers
}

/// What can be answered: by status, when all is well and when not.
pub(super) fn answers(types: &mut SchemaGenerator, well: &[(&str, &str, Option<Describe>)], problems: &[&str]) -> Value {
    let mut answers = Map::new();
    for (status, what, describe) in well {
        let mut answer = json!({ "description": what });
        if let Some(describe) = describe {
            answer["content"] = json!({ "application/json": { "schema": describe(types) } });
        }
        answers.insert((*status).to_owned(), answer);
    }
    for status in problems {
        answers.insert((*status).to_owned(), json!({ "$ref": format!("#/components/responses/{status}") }));
    }
    Value::Object(answers)
}

/// Statuses of problems, and what each means here.
const MEANINGS: [(&str, &str); 10] = [
    ("400", "The request cannot be read."),
    ("401", "It is not known who asks."),
    ("403", "Who asks, or the bot, may not do this."),
    ("404", "There is nothing here."),
    ("408", "The body did not arrive in time."),
    ("409", "The call is over, or the meeting is joined already."),
    ("413", "The body is too large."),
    ("422", "What is asked for is not valid, or the Idempotency-Key is of another order."),
    ("429", "There are too many calls; Retry-After says when to try again."),
    ("503", "It cannot be done now."),
];

/// The answers that are problems, by status.
pub(super) fn problems(types: &mut SchemaGenerator) -> Value {
    let schema = schema::<Problem>(types);
    let answer = |what: &str| json!({ "description": what, "content": { PROBLEM: { "schema": schema } } });
    MEANINGS.iter().map(|(status, what)| ((*status).to_owned(), answer(what))).collect::<Map<_, _>>().into()
}
