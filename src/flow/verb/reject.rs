//! `reject`: declines the call before it is answered.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Verb;
use crate::flow::{
    model::{self, RejectReason, Step},
    names::Names,
};

/// Declines the call before it is answered. It ends the flow.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reject {
    /// What the caller is told: "none", "busy" or "forbidden"; "none" if not given.
    #[serde(default)]
    reason: Reason,
}

#[derive(Debug, Default, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Reason {
    #[default]
    None,
    Busy,
    Forbidden,
}

impl Verb for Reject {
    const NAME: &'static str = "reject";
    const LISTENS: bool = false;

    fn step(self, _: &mut Names) -> Step {
        let reason = match self.reason {
            Reason::None => RejectReason::None,
            Reason::Busy => RejectReason::Busy,
            Reason::Forbidden => RejectReason::Forbidden,
        };
        Step::Reject(model::Reject { reason })
    }
}
