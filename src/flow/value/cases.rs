//! The ways of a branch, and the texts that they ask for.

use std::{borrow::Cow, fmt, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Error, SeqAccess, Unexpected, Visitor},
};
use toml::Spanned;

use super::{Text, variables::parse};
use crate::flow::template::Template;

/// The most ways of one branch.
const MOST_CASES: usize = 50;

/// A list of ways, 1 to 50.
#[derive(Debug)]
pub(in crate::flow) struct Cases<T>(pub(in crate::flow) Vec<T>);

/// A text with variables, or a list of them.
#[derive(Debug)]
pub(in crate::flow) struct Texts(pub(in crate::flow) Vec<Text>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Cases<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_seq(CasesVisitor(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Cases<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("Cases_of_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let case = generator.subschema_for::<T>();
        json_schema!({ "type": "array", "items": case, "minItems": 1, "maxItems": MOST_CASES })
    }
}

struct CasesVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for CasesVisitor<T> {
    type Value = Cases<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of 1 to {MOST_CASES} tables in `{{ }}`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Cases<T>, A::Error> {
        let mut cases = Vec::new();
        while let Some(case) = seq.next_element()? {
            cases.push(case);
        }
        match cases.len() {
            1..=MOST_CASES => Ok(Cases(cases)),
            wrong => Err(Error::invalid_value(Unexpected::Other(&format!("a list of {wrong}")), &self)),
        }
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let texts = Spanned::<OneOrMany>::deserialize(input)?;
        let span = texts.span();
        Ok(Self(match texts.into_inner() {
            OneOrMany::One(text) => vec![Text(Spanned::new(span, text))],
            OneOrMany::Many(texts) => texts,
        }))
    }
}

impl JsonSchema for Texts {
    fn schema_name() -> Cow<'static, str> {
        "Texts".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let text = generator.subschema_for::<Text>();
        json_schema!({ "anyOf": [text, { "type": "array", "items": text, "minItems": 1 }] })
    }
}

enum OneOrMany {
    One(Template),
    Many(Vec<Text>),
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
        f.write_str("a text, or a list of texts")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<OneOrMany, E> {
        parse(text).map(OneOrMany::One)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OneOrMany, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = seq.next_element()? {
            texts.push(text);
        }
        match texts.is_empty() {
            true => Err(Error::invalid_value(Unexpected::Other("an empty list"), &self)),
            false => Ok(OneOrMany::Many(texts)),
        }
    }
}
