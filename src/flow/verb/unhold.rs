//! `unhold`: lets somebody hear the call again.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Verb,
    who::{Who, leads},
};
use crate::flow::{company, model::Step, names::Names, value::StepRef};

/// Lets somebody who is on hold hear the call again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Unhold {
    /// Who: `"other"`, the one who called or was called, or somebody, `{ user = "…" }`, `{ phone = "+…" }` or `{ application_instance = "…" }`.
    who: Who,
    /// The step that follows when it is done.
    then: StepRef,
    /// The step that follows when Graph refuses, or nobody of the call is meant. If not given, the same as `then`.
    failed: Option<StepRef>,
}

impl Verb for Unhold {
    const NAME: &'static str = "unhold";
    // What is refused at once would go round as fast as the bot can ask.
    const LISTENS: bool = false;

    fn step(self, names: &mut Names) -> Step {
        Step::Unhold(company::Unhold { who: self.who.checked(names), leads: leads(self.then, self.failed, names) })
    }
}
