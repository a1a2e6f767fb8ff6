//! What follows an attempt that failed, in the steps that ask for keys.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::flow::{
    model,
    names::Names,
    value::{Count, PromptRef, StepRef},
};

/// Says what went wrong and asks again; when the attempts are used up, goes on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Retry {
    /// The prompt that says what went wrong, played before the caller is asked again.
    prompt: Option<PromptRef>,
    /// At which failure of this kind the step is left: 1 to 10, 3 if not given.
    #[serde(default = "attempts")]
    attempts: Count<1, 10>,
    /// The step that follows when the attempts are used up.
    then: StepRef,
}

fn attempts() -> Count<1, 10> {
    Count::of(3)
}

impl Retry {
    /// It with its names taken.
    pub(super) fn checked(self, names: &mut Names) -> model::Retry {
        model::Retry {
            prompt: self.prompt.map(|prompt| names.prompt(prompt)),
            attempts: self.attempts.get(),
            then: names.step(self.then),
        }
    }
}
