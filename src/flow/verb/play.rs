//! `play`: plays prompts, then goes on.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Verb;
use crate::flow::{
    model::{self, Step},
    names::Names,
    value::{Prompts, StepRef},
};

/// Plays prompts, then goes on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Play {
    /// The prompt to play, or a list of up to 18 to play one after the other.
    prompt: Prompts,
    /// The step that follows.
    then: StepRef,
}

impl Verb for Play {
    const NAME: &'static str = "play";
    const LISTENS: bool = false;

    fn step(self, names: &mut Names) -> Step {
        Step::Play(model::Play { prompts: names.prompts(self.prompt), then: names.step(self.then) })
    }
}
