//! Variables: their declaration, their names where they are used, and text that they stand in.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Unexpected, Visitor},
};
use toml::Spanned;

use crate::flow::{LONGEST_VALUE, MOST_VARIABLES, names::NAME_PATTERN, template::Template};

/// The variables that a flow declares, each with its first value.
#[derive(Debug, Default)]
pub(in crate::flow) struct Variables(pub(in crate::flow) Vec<(Spanned<String>, String)>);

/// The name of a variable, or of a fact where one is only read.
#[derive(Debug, Deserialize, JsonSchema)]
pub(in crate::flow) struct VariableRef(#[schemars(with = "String")] pub(in crate::flow) Spanned<String>);

/// Variables that are set together, each with its text; at least one.
#[derive(Debug)]
pub(in crate::flow) struct Assignments(pub(in crate::flow) Vec<(VariableRef, Text)>);

/// Text with variables in braces.
#[derive(Debug)]
pub(in crate::flow) struct Text(pub(in crate::flow) Spanned<Template>);

impl<'de> Deserialize<'de> for Variables {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_map(VariablesVisitor)
    }
}

impl JsonSchema for Variables {
    fn schema_name() -> Cow<'static, str> {
        "Variables".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "maxProperties": MOST_VARIABLES,
            "propertyNames": { "pattern": NAME_PATTERN },
            "additionalProperties": { "type": "string", "maxLength": LONGEST_VALUE },
        })
    }
}

struct VariablesVisitor;

impl<'de> Visitor<'de> for VariablesVisitor {
    type Value = Variables;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "up to {MOST_VARIABLES} variables with their first values, such as {{ customer = \"\" }}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Variables, A::Error> {
        let mut variables = Vec::new();
        while let Some((name, FirstValue(value))) = map.next_entry()? {
            variables.push((name, value));
        }
        match variables.len() {
            0..=MOST_VARIABLES => Ok(Variables(variables)),
            wrong => Err(Error::invalid_value(Unexpected::Other(&format!("a table of {wrong}")), &self)),
        }
    }
}

impl<'de> Deserialize<'de> for Assignments {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_map(AssignmentsVisitor)
    }
}

impl JsonSchema for Assignments {
    fn schema_name() -> Cow<'static, str> {
        "Assignments".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let text = generator.subschema_for::<Text>();
        json_schema!({
            "type": "object",
            "minProperties": 1,
            "propertyNames": { "pattern": NAME_PATTERN },
            "additionalProperties": text,
        })
    }
}

struct AssignmentsVisitor;

impl<'de> Visitor<'de> for AssignmentsVisitor {
    type Value = Assignments;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("variables and their texts, such as { department = \"sales\" }")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Assignments, A::Error> {
        let mut assignments = Vec::new();
        while let Some((name, text)) = map.next_entry()? {
            assignments.push((VariableRef(name), text));
        }
        match assignments.is_empty() {
            true => Err(Error::invalid_value(Unexpected::Other("an empty table"), &self)),
            false => Ok(Assignments(assignments)),
        }
    }
}

struct FirstValue(String);

impl<'de> Deserialize<'de> for FirstValue {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        match text.chars().count() {
            0..=LONGEST_VALUE => Ok(Self(text)),
            _ => Err(Error::invalid_value(Unexpected::Other("this text"), &"text of up to 500 characters")),
        }
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = Spanned::<String>::deserialize(input)?;
        Ok(Self(Spanned::new(text.span(), parse(text.get_ref())?)))
    }
}

/// Reads text with variables in braces.
pub(super) fn parse<E: Error>(text: &str) -> Result<Template, E> {
    let expected = "text with variables in braces, such as \"Order {order}\"; a brace itself is written twice";
    text.parse().map_err(|error| E::invalid_value(Unexpected::Other(&format!("text with {error}")), &expected))
}

impl JsonSchema for Text {
    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "maxLength": LONGEST_VALUE })
    }
}
