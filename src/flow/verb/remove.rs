//! `remove`: removes somebody from the call.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Verb,
    who::{Who, leads},
};
use crate::flow::{company, model::Step, names::Names, value::StepRef};

/// Removes somebody from the call. The tenant must allow it: see the page of the language.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Remove {
    /// Who: `"other"`, the one who called or was called, or somebody, `{ user = "…" }`, `{ phone = "+…" }` or `{ application_instance = "…" }`.
    who: Who,
    /// The step that follows when it is done.
    then: StepRef,
    /// The step that follows when Graph refuses, or nobody of the call is meant. If not given, the same as `then`.
    failed: Option<StepRef>,
}

impl Verb for Remove {
    const NAME: &'static str = "remove";
    // What is refused at once would go round as fast as the bot can ask.
    const LISTENS: bool = false;

    fn step(self, names: &mut Names) -> Step {
        Step::Remove(company::Remove { who: self.who.checked(names), leads: leads(self.then, self.failed, names) })
    }
}
