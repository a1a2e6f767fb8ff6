//! What is wanted of a new call: the body of `POST /api/calls`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::functions::api::wanted::{FLOW, GUID, Who, values};

/// What is wanted of a new call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "NewCall")]
pub struct Wanted {
    /// The flow that the call goes through.
    #[schemars(regex(pattern = FLOW))]
    pub flow: String,
    /// Who is rung: one, or up to five users, who are then in one call. Nobody where a meeting is joined.
    #[serde(default)]
    #[schemars(length(max = 5))]
    pub targets: Vec<Who>,
    /// The resource account that calls, by object id. A phone number is called for one only.
    #[serde(default)]
    #[schemars(regex(pattern = GUID))]
    pub source: Option<String>,
    /// The meeting that is joined.
    #[serde(default)]
    pub meeting: Option<WhichMeeting>,
    /// First values of variables that the flow declares.
    #[serde(default)]
    #[schemars(schema_with = "values")]
    pub variables: BTreeMap<String, String>,
    /// How long it is waited for somebody to take the call, or to let the bot into the meeting, in seconds; 60 where not said.
    #[serde(default)]
    #[schemars(range(min = 5, max = 600))]
    pub ring: Option<u16>,
}

/// A meeting: by the address by which people join it, by its id and passcode, or by its organiser and thread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Meeting")]
pub struct WhichMeeting {
    /// The address by which people join it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048))]
    pub join_url: Option<String>,
    /// Its id: digits, spaces between them or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub id: Option<String>,
    /// The passcode that goes with the id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub passcode: Option<String>,
    /// Its organiser, by object id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = GUID))]
    pub organiser: Option<String>,
    /// The organiser's tenant; the bot's home tenant where not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = GUID))]
    pub tenant: Option<String>,
    /// The thread of its chat, e.g. `19:meeting_…@thread.v2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub thread: Option<String>,
}
