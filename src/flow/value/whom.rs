//! Object ids and phone numbers in which variables may stand.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::{
    Text,
    text::{guid, hidden, phone, read_text},
};
use crate::flow::template::Template;

/// An object id, or text with variables that makes one.
#[derive(Debug)]
pub(in crate::flow) struct GuidText(pub(in crate::flow) Text);

/// A phone number, or text with variables that makes one. No message repeats it.
#[derive(Debug)]
pub(in crate::flow) struct PhoneText(pub(in crate::flow) Text);

const GUID: &str = "an object id, such as \"0f3a9c52-7d41-4be6-8a15-2c9e60d7b314\", or a variable in braces";
const PHONE: &str =
    "a phone number in E.164, such as \"+4930123456\": no spaces, no zero after the +; variables may stand in it in braces";

/// Text as it stands in the file, which must be right as it is where no variable stands in it.
struct Id(Template);
struct Number(Template);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        read_text(input, |text| parse(text, |id| guid(id).is_some()).map(Self), GUID, hidden)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        read_text(input, |text| parse(text, |number| phone(number).is_some()).map(Self), PHONE, hidden)
    }
}

fn parse(text: &str, is_right: fn(&str) -> bool) -> Option<Template> {
    let template: Template = text.parse().ok()?;
    template.fixed().is_none_or(is_right).then_some(template)
}

impl<'de> Deserialize<'de> for GuidText {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let id = Spanned::<Id>::deserialize(input)?;
        Ok(Self(Text(Spanned::new(id.span(), id.into_inner().0))))
    }
}

impl<'de> Deserialize<'de> for PhoneText {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let number = Spanned::<Number>::deserialize(input)?;
        Ok(Self(Text(Spanned::new(number.span(), number.into_inner().0))))
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
