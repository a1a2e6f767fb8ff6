//! Which answer, or what a call is told, leads where.

use std::{borrow::Cow, collections::BTreeMap};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::{AnswerName, StepRef};
use crate::flow::names::NAME_PATTERN;

/// Steps by the names that those who choose have for them; none is fine.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(in crate::flow) struct Ways(pub(in crate::flow) BTreeMap<AnswerName, StepRef>);

impl JsonSchema for Ways {
    fn schema_name() -> Cow<'static, str> {
        "Ways".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "propertyNames": { "pattern": NAME_PATTERN },
            "additionalProperties": { "type": "string" },
        })
    }
}
