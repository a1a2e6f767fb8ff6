//! Object ids and phone numbers in which variables may stand.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Error, Unexpected},
};

use super::{
    Text,
    text::{guid, phone},
};

/// An object id, or text with variables that makes one.
#[derive(Debug)]
pub(in crate::flow) struct GuidText(pub(in crate::flow) Text);

/// A phone number, or text with variables that makes one. No message repeats it.
#[derive(Debug)]
pub(in crate::flow) struct PhoneText(pub(in crate::flow) Text);

const GUID: &str = "an object id, such as \"0f3a9c52-7d41-4be6-8a15-2c9e60d7b314\", or a variable in braces";
const PHONE: &str =
    "a phone number in E.164, such as \"+4930123456\": no spaces, no zero after the +; variables may stand in it in braces";

impl<'de> Deserialize<'de> for GuidText {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        read(input, |id| guid(id).is_some(), GUID).map(Self)
    }
}

impl<'de> Deserialize<'de> for PhoneText {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        read(input, |number| phone(number).is_some(), PHONE).map(Self)
    }
}

/// Where no variable stands in it, it must be right as it is.
fn read<'de, D: Deserializer<'de>>(input: D, is_right: fn(&str) -> bool, expected: &str) -> Result<Text, D::Error> {
    let text = Text::deserialize(input)?;
    match text.0.get_ref().fixed() {
        Some(fixed) if !is_right(fixed) => Err(Error::invalid_value(Unexpected::Other("this text"), &expected)),
        _ => Ok(text),
    }
}

impl JsonSchema for GuidText {
    fn schema_name() -> Cow<'static, str> {
        "GuidText".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let pattern = "^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|.*\\{.*)$";
        json_schema!({ "type": "string", "pattern": pattern, "description": GUID })
    }
}

impl JsonSchema for PhoneText {
    fn schema_name() -> Cow<'static, str> {
        "PhoneText".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^(\\+[1-9][0-9]{6,14}|.*\\{.*)$", "description": PHONE })
    }
}
