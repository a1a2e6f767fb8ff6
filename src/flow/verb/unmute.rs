//! `unmute`: lets the bot be heard again.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Verb, who::leads};
use crate::flow::{model::Step, names::Names, value::StepRef};

/// Lets the bot be heard again. Whom it has muted can unmute themselves only.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Unmute {
    /// The step that follows when it is done.
    then: StepRef,
    /// The step that follows when Graph refuses. If not given, the same as `then`.
    failed: Option<StepRef>,
}

impl Verb for Unmute {
    const NAME: &'static str = "unmute";
    // What is refused at once would go round as fast as the bot can ask.
    const LISTENS: bool = false;

    fn step(self, names: &mut Names) -> Step {
        Step::Unmute(leads(self.then, self.failed, names))
    }
}
