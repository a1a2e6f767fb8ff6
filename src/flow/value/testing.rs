//! What only tests of a flow have.

use std::borrow::Cow;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use super::text::{guid, hidden, phone, read_text, shown};

/// Keys in the order in which they are pressed; at least one.
#[derive(Debug)]
pub(in crate::flow) struct Pressed(pub(in crate::flow) String);

/// An object id or a phone number.
#[derive(Debug)]
pub(in crate::flow) struct Contact(pub(in crate::flow) String);

/// An instant.
#[derive(Debug)]
pub(in crate::flow) struct Instant(pub(in crate::flow) Timestamp);

impl<'de> Deserialize<'de> for Pressed {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let keys = |text: &str| {
            let are_keys = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'*' || b == b'#');
            are_keys.then(|| Self(text.to_owned()))
        };
        read_text(input, keys, "keys to press, such as \"1\" or \"1234#\"", shown)
    }
}

impl<'de> Deserialize<'de> for Contact {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let contact = |text: &str| guid(text).map(|id| id.0).or_else(|| phone(text).map(|number| number.0)).map(Self);
        read_text(input, contact, "an object id, or a phone number such as \"+4930123456\"", hidden)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        read_text(
            input,
            |text| text.parse().ok().map(Self),
            "date, time and offset, such as \"2026-03-02T09:30:00+01:00\"",
            shown,
        )
    }
}

impl JsonSchema for Pressed {
    fn schema_name() -> Cow<'static, str> {
        "Pressed".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9*#]+$" })
    }
}

impl JsonSchema for Contact {
    fn schema_name() -> Cow<'static, str> {
        "Contact".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

impl JsonSchema for Instant {
    fn schema_name() -> Cow<'static, str> {
        "Instant".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}
