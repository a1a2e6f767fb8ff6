//! The language as JSON Schema, from the same types that read it.

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, transform::RecursiveTransform};
use serde_json::{Value as Json, json};

use super::file::File;

/// The schema of a `flow.toml`, for editors.
pub fn schema() -> Json {
    let mut schema = schema_of::<File>();
    schema.insert("title".to_owned(), "Switchboard call flow".into());
    schema.to_value()
}

/// The schema of one type, all in one piece.
pub(super) fn schema_of<T: JsonSchema>() -> Schema {
    generator().into_root_schema_for::<T>()
}

/// The attributes of one table, as its schema has them.
#[derive(Default)]
pub(super) struct Attributes<'a> {
    /// Names and schemas.
    pub(super) all: Vec<(&'a str, &'a Json)>,
    /// Names beside these will do too.
    pub(super) open: bool,
    /// Those that must be there.
    pub(super) required: Vec<&'a str>,
    /// They exclude each other, and one must be there.
    pub(super) exactly_one: bool,
    /// It is a table at all.
    pub(super) is_table: bool,
}

impl<'a> Attributes<'a> {
    /// The names alone.
    pub(super) fn names(&self) -> Vec<&'a str> {
        self.all.iter().map(|(name, _)| *name).collect()
    }
}

/// Reads the attributes out of a table's `schema`.
pub(super) fn attributes(schema: &Json) -> Attributes<'_> {
    match schema["oneOf"].as_array() {
        Some(choices) => Attributes {
            all: choices.iter().flat_map(properties).collect(),
            exactly_one: true,
            // A choice of texts is a `oneOf` too.
            is_table: choices.iter().any(|choice| choice["properties"].is_object()),
            ..Attributes::default()
        },
        None => Attributes {
            all: properties(schema).collect(),
            open: schema["additionalProperties"] != false,
            required: schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str).collect(),
            is_table: schema["type"] == "object",
            ..Attributes::default()
        },
    }
}

fn properties(schema: &Json) -> impl Iterator<Item = (&str, &Json)> {
    schema["properties"].as_object().into_iter().flatten().map(|(name, schema)| (name.as_str(), schema))
}

fn generator() -> SchemaGenerator {
    // Draft 7, in one piece: what the editors' TOML extensions understand best.
    let mut settings = SchemaSettings::draft07().with_transform(RecursiveTransform(forget_null));
    settings.inline_subschemas = true;
    settings.into_generator()
}

/// An attribute that may be absent is `null` in JSON; TOML knows no null.
fn forget_null(schema: &mut Schema) {
    if let Some(Json::Array(choices)) = schema.get_mut("anyOf")
        && choices.contains(&json!({ "type": "null" }))
        && let [Json::Object(only), _] = choices.as_slice()
    {
        let only = only.clone();
        schema.remove("anyOf");
        only.into_iter().for_each(|(name, value)| drop(schema.insert(name, value)));
    }
    let Some(Json::Array(types)) = schema.get_mut("type") else { return };
    types.retain(|name| name != "null");
    if let [only] = types.as_slice() {
        let only = only.clone();
        schema.insert("type".to_owned(), only);
    }
}
