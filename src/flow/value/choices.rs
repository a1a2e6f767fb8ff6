//! Which key leads where.

use std::{
    borrow::Cow,
    collections::{BTreeMap, btree_map::Entry},
    fmt,
};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Unexpected, Visitor},
};

use super::StepRef;
use crate::flow::key::Key;

/// The steps that keys lead to; at least one.
#[derive(Debug)]
pub(in crate::flow) struct Choices(pub(in crate::flow) BTreeMap<Key, StepRef>);

impl<'de> Deserialize<'de> for Choices {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_map(ChoicesVisitor)
    }
}

impl JsonSchema for Choices {
    fn schema_name() -> Cow<'static, str> {
        "Choices".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "minProperties": 1,
            "propertyNames": { "pattern": "^[0-9*#A-Da-d]$" },
            "additionalProperties": { "type": "string" },
        })
    }
}

struct ChoicesVisitor;

impl<'de> Visitor<'de> for ChoicesVisitor {
    type Value = Choices;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("keys and the steps that they lead to, such as { 1 = \"sales\", \"*\" = \"again\" }")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Choices, A::Error> {
        let mut choices = BTreeMap::new();
        while let Some(ChoiceKey(key)) = map.next_key()? {
            match choices.entry(key) {
                Entry::Vacant(free) => drop(free.insert(map.next_value()?)),
                // TOML itself refuses the same key twice, but not `a` beside `A`.
                Entry::Occupied(_) => {
                    return Err(Error::invalid_value(Unexpected::Other(&format!("a table with key `{key}` twice")), &self));
                }
            }
        }
        match choices.is_empty() {
            true => Err(Error::invalid_value(Unexpected::Other("an empty table"), &self)),
            false => Ok(Choices(choices)),
        }
    }
}

struct ChoiceKey(Key);

impl<'de> Deserialize<'de> for ChoiceKey {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        text.parse()
            .map(Self)
            .map_err(|_| Error::invalid_value(Unexpected::Str(&text), &"one key: 0 to 9, \"*\" or \"#\", the last two in quotes"))
    }
}
