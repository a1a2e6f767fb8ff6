//! `GET /api/calls/openapi.json`: what can be asked of the control API, made of the very types that read and write it.
//! <https://spec.openapis.org/oas/v3.1.0>
//!
//! What is served is a file, `openapi.json` beside this folder, so that the handler need not hold what makes it: `switchboard schema
//! --api` prints it anew, and a test says when that is due. `words` is what descriptions are put together of.

mod calls;
mod orders;
mod switches;
mod words;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use warp::{
    http::header::CONTENT_TYPE,
    reply::{Reply, Response, with_header},
};

/// The description, as it is kept.
const KEPT: &str = include_str!("../openapi.json");

/// The description, as it is answered.
pub(super) fn served() -> Response {
    with_header(KEPT, CONTENT_TYPE, "application/json").into_response()
}

/// The description, as the types have it.
pub fn description() -> Value {
    let mut types = SchemaSettings::draft2020_12().with(|to| to.definitions_path = "/components/schemas".into()).into_generator();
    let parts = [calls::paths, orders::paths, switches::paths];
    let paths: Map<String, Value> = parts.iter().flat_map(|paths| paths(&mut types)).collect();
    let problems = words::problems(&mut types);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Switchboard",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Calls are placed, listed, shown, steered and ended here, people are rung until somebody acknowledges, and switches are turned.",
        },
        "security": [{ "key": [] }, { "code": [] }, { "token": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "key": { "type": "apiKey", "in": "header", "name": "x-functions-key" },
                "code": { "type": "apiKey", "in": "query", "name": "code" },
                "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
            },
            "responses": problems,
            "schemas": types.take_definitions(true),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_that_is_served_is_the_one_of_the_types() {
        let made = format!("{:#}\n", description());
        assert!(KEPT == made, "run `switchboard schema --api > src/functions/openapi.json`");
    }
}
