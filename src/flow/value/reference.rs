//! Names of steps and prompts, with the place where they are used.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Error, SeqAccess, Unexpected, Visitor},
};
use toml::Spanned;

/// The most prompts that one step plays. Graph takes 20 in one request; a menu adds its retry prompt and the silence it waits in.
const MOST_PROMPTS: usize = 18;

/// The name of a step.
#[derive(Debug, Deserialize, JsonSchema)]
pub(in crate::flow) struct StepRef(#[schemars(with = "String")] pub(in crate::flow) Spanned<String>);

/// The name of a prompt.
#[derive(Debug, Deserialize, JsonSchema)]
pub(in crate::flow) struct PromptRef(#[schemars(with = "String")] pub(in crate::flow) Spanned<String>);

/// The name of a hook.
#[derive(Debug, Deserialize, JsonSchema)]
pub(in crate::flow) struct HookRef(#[schemars(with = "String")] pub(in crate::flow) Spanned<String>);

/// The name of a flow.
#[derive(Debug, Deserialize, JsonSchema)]
pub(in crate::flow) struct FlowRef(#[schemars(with = "String")] pub(in crate::flow) Spanned<String>);

/// The name of a prompt, or a list of names.
#[derive(Debug)]
pub(in crate::flow) struct Prompts(pub(in crate::flow) Vec<PromptRef>);

impl<'de> Deserialize<'de> for Prompts {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let names = Spanned::<OneOrMany>::deserialize(input)?;
        let span = names.span();
        Ok(Self(match names.into_inner() {
            OneOrMany::One(name) => vec![PromptRef(Spanned::new(span, name))],
            OneOrMany::Many(names) => names,
        }))
    }
}

impl JsonSchema for Prompts {
    fn schema_name() -> Cow<'static, str> {
        "Prompts".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let many = json_schema!({ "type": "array", "items": { "type": "string" }, "minItems": 1, "maxItems": MOST_PROMPTS });
        json_schema!({ "anyOf": [{ "type": "string" }, many] })
    }
}

/// What stands in the file. An untagged enum would lose the places of the names.
enum OneOrMany {
    One(String),
    Many(Vec<PromptRef>),
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(OneOrManyVisitor)
    }
}

struct OneOrManyVisitor;

impl<'de> Visitor<'de> for OneOrManyVisitor {
    type Value = OneOrMany;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the name of a prompt, or a list of 1 to {MOST_PROMPTS} names")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<OneOrMany, E> {
        Ok(OneOrMany::One(name.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OneOrMany, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = seq.next_element()? {
            names.push(name);
        }
        match names.len() {
            1..=MOST_PROMPTS => Ok(OneOrMany::Many(names)),
            wrong => Err(Error::invalid_value(Unexpected::Other(&format!("a list of {wrong}")), &self)),
        }
    }
}
