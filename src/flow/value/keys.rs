//! Keys in which variables may stand.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::{
    Text,
    text::{read_text, shown},
};
use crate::flow::{key::Key, template::Template};

/// The most keys that are sent at once.
pub const MOST_KEYS: usize = 64;

/// Keys to be sent, or text with variables that makes some.
#[derive(Debug)]
pub(in crate::flow) struct KeysText(pub(in crate::flow) Text);

const EXPECTED: &str = "1 to 64 keys, such as \"1234#\"; variables may stand in it in braces";

struct Sent(Template);

impl<'de> Deserialize<'de> for Sent {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        read_text(input, |text| parse(text).map(Self), EXPECTED, shown)
    }
}

fn parse(text: &str) -> Option<Template> {
    let template: Template = text.parse().ok()?;
    let are_keys =
        |keys: &str| (1..=MOST_KEYS).contains(&keys.chars().count()) && keys.chars().all(|key| Key::try_from(key).is_ok());
    template.fixed().is_none_or(are_keys).then_some(template)
}

impl<'de> Deserialize<'de> for KeysText {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let keys = Spanned::<Sent>::deserialize(input)?;
        Ok(Self(Text(Spanned::new(keys.span(), keys.into_inner().0))))
    }
}

impl JsonSchema for KeysText {
    fn schema_name() -> Cow<'static, str> {
        "KeysText".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^([0-9*#A-Da-d]{1,64}|.*\\{.*)$", "description": EXPECTED })
    }
}
