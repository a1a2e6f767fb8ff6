//! The language's page and its schema say what the checker takes.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value as Json;

use super::{PAIRS, check_text};
use crate::flow::schema::schema;

const PAGE: &str = include_str!("../../../docs/call-flow.md");

/// The attributes that `schema` knows, however deep, without the names that authors choose.
fn attributes(schema: &Json, found: &mut BTreeSet<String>) {
    match schema {
        Json::Object(object) => {
            found.extend(schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone()));
            object.values().for_each(|inner| attributes(inner, found));
        }
        Json::Array(array) => array.iter().for_each(|inner| attributes(inner, found)),
        _ => {}
    }
}

fn all_attributes() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    attributes(&schema(), &mut found);
    found
}

/// Whether `text` uses `name` as a key of TOML.
fn uses(text: &str, name: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| word == name)
}

#[test]
fn the_examples_of_the_page_are_one_flow_without_a_fault() {
    let blocks = PAGE.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    assert_eq!(check_text(&blocks.collect::<String>()).findings, []);
}

#[test]
fn the_page_explains_every_attribute() {
    let unexplained: Vec<String> = all_attributes()
        .into_iter()
        .filter(|name| name != "do" && !PAGE.contains(&format!("| `{name}` |")) && !PAGE.contains(&format!("| `[{name}")))
        .collect();
    assert!(unexplained.is_empty(), "{unexplained:?}");
}

#[test]
fn the_schema_knows_every_attribute_that_is_taken_and_no_other() {
    // Whatever the schema does not know is refused: every table that has attributes is closed.
    fn check_closed(schema: &Json) {
        if schema["properties"].is_object() {
            assert_eq!(schema["additionalProperties"], false, "{schema}");
        }
        schema.as_object().into_iter().flatten().for_each(|(_, inner)| check_closed(inner));
        schema.as_array().into_iter().flatten().for_each(check_closed);
    }
    check_closed(&schema());
    let untried: Vec<String> = all_attributes()
        .into_iter()
        .filter(|name| !PAIRS.iter().any(|(good, _)| uses(good, name)))
        .filter(|name| !["phone", "application_instance"].contains(&name.as_str()))
        .collect();
    assert!(untried.is_empty(), "the good flows, which are taken, do not use {untried:?}");
}

#[test]
fn the_schema_beside_the_flows_is_this_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("flows/flow.schema.json");
    let kept: Json = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert!(kept == schema(), "run `switchboard schema > flows/flow.schema.json`");
}
