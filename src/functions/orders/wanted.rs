//! What is wanted of a new order: the body of `POST /api/orders`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::functions::api::wanted::{FLOW, GUID, NUMBER, values};

/// What is wanted of a new order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "NewOrder")]
pub struct Wanted {
    /// The flow that each call goes through; it says `acknowledge` where whoever took the call has confirmed.
    #[serde(default)]
    #[schemars(required, regex(pattern = FLOW))]
    pub flow: String,
    /// Who is rung, the first one first.
    #[serde(default)]
    #[schemars(required, length(min = 1, max = 100))]
    pub people: Vec<Someone>,
    /// The resource account that calls, by object id. A phone number is called for one only.
    #[serde(default)]
    #[schemars(regex(pattern = GUID))]
    pub source: Option<String>,
    /// One after the other, or all at once; `in_turn` where not said.
    #[serde(default)]
    pub mode: Way,
    /// How often each is rung who has not acknowledged; once where not said.
    #[serde(default)]
    #[schemars(range(min = 1, max = 10))]
    pub rounds: Option<u8>,
    /// How long each is rung, in seconds; 30 where not said.
    #[serde(default)]
    #[schemars(range(min = 5, max = 600))]
    pub ring: Option<u16>,
    /// How long between two rounds, in seconds; 60 where not said.
    #[serde(default)]
    #[schemars(range(max = 86400))]
    pub pause: Option<u32>,
    /// The first acknowledgement is enough; `false` where everybody's is wanted.
    #[serde(default)]
    pub stop_at_first: Option<bool>,
    /// When nobody is rung.
    #[serde(default)]
    pub quiet: Option<QuietHours>,
    /// First values of variables that the flow declares.
    #[serde(default)]
    #[schemars(schema_with = "values")]
    pub variables: BTreeMap<String, String>,
    /// The hook that is told of each acknowledgement and of the end: one of the flow's, or of `HOOK_URLS`.
    #[serde(default)]
    #[schemars(regex(pattern = "^[a-z][a-z0-9_]{0,63}$"))]
    pub notify: Option<String>,
}

/// In which way people are rung.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// One after the other.
    #[default]
    InTurn,
    /// All at once.
    AtOnce,
}

/// Somebody to ring: by exactly one of `user`, `phone` and `applicationInstance`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Someone {
    /// What they are called where the outcome is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 100))]
    pub name: Option<String>,
    /// A Teams user, by object id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = GUID))]
    pub user: Option<String>,
    /// A phone number in E.164, e.g. `+4930123456`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = NUMBER))]
    pub phone: Option<String>,
    /// A resource account, by object id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = GUID))]
    pub application_instance: Option<String>,
}

/// Hours of each day in which nobody is rung, and days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QuietHours {
    /// The time zone, by its IANA name, e.g. `Europe/Berlin`.
    pub timezone: String,
    /// Since when on each day, e.g. `22:00`; where it is not before `to` the quiet lasts until the next day.
    #[schemars(regex(pattern = "^[0-9]{2}:[0-9]{2}$"))]
    pub from: String,
    /// Until when, e.g. `07:00`.
    #[schemars(regex(pattern = "^[0-9]{2}:[0-9]{2}$"))]
    pub to: String,
    /// Days of the week that are quiet from midnight to midnight, e.g. `sunday`.
    #[serde(default)]
    #[schemars(length(max = 6))]
    pub days: Vec<Day>,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "they say what they are")]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}
