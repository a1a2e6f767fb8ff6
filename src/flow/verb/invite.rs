//! `invite`: brings somebody into the call.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Verb, transfer::Target};
use crate::flow::{
    company,
    model::Step,
    names::Names,
    value::{Prompts, StepRef},
};

/// Brings somebody into the call: they are rung for up to a minute. Of a call between two it makes one of several.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Invite {
    /// Who is rung: `{ user = "…" }`, `{ phone = "+…" }` or `{ application_instance = "…" }`.
    to: Target,
    /// The prompt that plays meanwhile, again and again, or a list of up to 18. If not given, it is silent.
    #[serde(rename = "while")]
    meanwhile: Option<Prompts>,
    /// The step that follows when they are there.
    joined: StepRef,
    /// The step that follows when they are busy. If not given, the same as `failed`.
    busy: Option<StepRef>,
    /// The step that follows when they decline. If not given, the same as `failed`.
    declined: Option<StepRef>,
    /// The step that follows when they do not answer. If not given, the same as `failed`.
    no_answer: Option<StepRef>,
    /// The step that follows when there is nobody to be rung. If not given, the same as `failed`.
    not_found: Option<StepRef>,
    /// The step that follows when they do not come.
    failed: StepRef,
}

impl Verb for Invite {
    const NAME: &'static str = "invite";
    // An invitation that is refused at once would go round as fast as the bot can ask.
    const LISTENS: bool = false;

    fn step(self, names: &mut Names) -> Step {
        let to = self.to.checked(names);
        let meanwhile = self.meanwhile.map(|prompts| names.prompts(prompts)).unwrap_or_default();
        let joined = names.joined(self.joined);
        let mut way = |step: Option<StepRef>| step.map(|step| names.step(step));
        let (busy, declined, no_answer, not_found) =
            (way(self.busy), way(self.declined), way(self.no_answer), way(self.not_found));
        let failed = names.step(self.failed);
        Step::Invite(company::Invite { to, meanwhile, joined, busy, declined, no_answer, not_found, failed })
    }
}
