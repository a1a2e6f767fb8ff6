//! `hold`: lets somebody hear music instead of the call.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Verb,
    who::{Who, leads},
};
use crate::flow::{
    company,
    model::Step,
    names::Names,
    value::{PromptRef, StepRef},
};

/// Lets somebody hear music instead of the call; one at a time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Hold {
    /// Who: `"other"`, the one who called or was called, or somebody, `{ user = "…" }`, `{ phone = "+…" }` or `{ application_instance = "…" }`.
    who: Who,
    /// The prompt that they hear. If not given, Graph's own music.
    prompt: Option<PromptRef>,
    /// The step that follows when it is done.
    then: StepRef,
    /// The step that follows when Graph refuses, or nobody of the call is meant. If not given, the same as `then`.
    failed: Option<StepRef>,
}

impl Verb for Hold {
    const NAME: &'static str = "hold";
    // What is refused at once would go round as fast as the bot can ask.
    const LISTENS: bool = false;

    fn step(self, names: &mut Names) -> Step {
        let (who, prompt) = (self.who.checked(names), self.prompt.map(|prompt| names.prompt(prompt)));
        Step::Hold(company::Hold { who, prompt, leads: leads(self.then, self.failed, names) })
    }
}
