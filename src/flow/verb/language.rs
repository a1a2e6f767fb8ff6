//! `language`: chooses the language of all prompts from here on.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Verb;
use crate::flow::{
    model::{self, Step},
    names::Names,
    value::{StepRef, Text},
};

/// Chooses the language of all prompts from here on, then goes on. It takes no time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Language {
    /// One of the flow's `languages`, or text with variables. What is none of them means the first.
    language: Text,
    /// The step that follows.
    then: StepRef,
}

impl Verb for Language {
    const NAME: &'static str = "language";
    const LISTENS: bool = false;

    fn step(self, names: &mut Names) -> Step {
        Step::Language(model::Language { language: names.language(self.language), then: names.step(self.then) })
    }
}
