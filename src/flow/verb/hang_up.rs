//! `hang_up`: ends the call.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Verb;
use crate::flow::{model::Step, names::Names};

/// Ends the call.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HangUp {}

impl Verb for HangUp {
    const NAME: &'static str = "hang_up";
    const LISTENS: bool = false;

    fn step(self, _: &mut Names) -> Step {
        Step::HangUp
    }
}
