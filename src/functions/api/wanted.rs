//! What is wanted of new calls and of new orders alike: people, and values of variables.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::flow::{LONGEST_VALUE, MOST_VARIABLES};

/// Somebody to ring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Who {
    /// A Teams user, by object id.
    User(#[schemars(regex(pattern = GUID))] String),
    /// A phone number in E.164, e.g. `+4930123456`.
    Phone(#[schemars(regex(pattern = NUMBER))] String),
    /// A resource account, by object id.
    ApplicationInstance(#[schemars(regex(pattern = GUID))] String),
}

/// What an object id looks like.
pub const GUID: &str = "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$";

/// What a phone number looks like.
pub const NUMBER: &str = r"^\+[1-9][0-9]{6,14}$";

/// What the name of a flow looks like.
pub const FLOW: &str = "^[A-Za-z0-9_-]{1,64}$";

/// What values of variables look like.
pub fn values(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "maxProperties": MOST_VARIABLES,
        "propertyNames": { "pattern": "^[a-z][a-z0-9_]{0,63}$" },
        "additionalProperties": { "type": "string", "maxLength": LONGEST_VALUE },
    })
}
