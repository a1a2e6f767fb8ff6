//! Who in the call a step is about, and where a step leads that is done at once.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Unexpected, Visitor, value::MapAccessDeserializer},
};

use super::transfer::Target;
use crate::flow::{company::Leads, names::Names, value::StepRef, whom};

/// The one at the other end, or somebody by id or number.
#[derive(Debug)]
pub(super) enum Who {
    Other,
    Named(Target),
}

/// How the one at the other end is called.
const OTHER: &str = "other";

impl Who {
    /// It with its names taken.
    pub(super) fn checked(self, names: &mut Names) -> whom::Who {
        match self {
            Self::Other => whom::Who::Other,
            Self::Named(target) => whom::Who::Named(target.checked(names)),
        }
    }
}

/// Where a step leads, with its names taken.
pub(super) fn leads(then: StepRef, failed: Option<StepRef>, names: &mut Names) -> Leads {
    Leads { then: names.step(then), failed: failed.map(|step| names.step(step)) }
}

impl<'de> Deserialize<'de> for Who {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(WhoVisitor)
    }
}

struct WhoVisitor;

impl<'de> Visitor<'de> for WhoVisitor {
    type Value = Who;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"other\", or somebody, such as { user = \"0f3a9c52-7d41-4be6-8a15-2c9e60d7b314\" }")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Who, E> {
        match text {
            OTHER => Ok(Who::Other),
            _ => Err(Error::invalid_value(Unexpected::Str(text), &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Who, A::Error> {
        Target::deserialize(MapAccessDeserializer::new(map)).map(Who::Named)
    }
}

impl JsonSchema for Who {
    fn schema_name() -> Cow<'static, str> {
        "Who".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let somebody = generator.subschema_for::<Target>();
        json_schema!({ "anyOf": [{ "type": "string", "enum": [OTHER] }, somebody] })
    }
}
