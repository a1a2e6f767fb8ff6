//! `mute`: mutes somebody, or the bot.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Verb,
    who::{Who, leads},
};
use crate::flow::{company, model::Step, names::Names, value::StepRef};

/// Mutes somebody for all others, or the bot itself.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Mute {
    /// Who: `"other"`, the one who called or was called, or somebody, `{ user = "…" }`, `{ phone = "+…" }` or `{ application_instance = "…" }`. If not
    /// given, the bot.
    who: Option<Who>,
    /// The step that follows when it is done.
    then: StepRef,
    /// The step that follows when Graph refuses, or nobody of the call is meant. If not given, the same as `then`.
    failed: Option<StepRef>,
}

impl Verb for Mute {
    const NAME: &'static str = "mute";
    // What is refused at once would go round as fast as the bot can ask.
    const LISTENS: bool = false;

    fn step(self, names: &mut Names) -> Step {
        let who = self.who.map(|who| who.checked(names));
        Step::Mute(company::Mute { who, leads: leads(self.then, self.failed, names) })
    }
}
