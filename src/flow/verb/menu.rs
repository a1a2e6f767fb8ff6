//! `menu`: offers choices and takes one key.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Verb;
use crate::flow::{
    model::{self, Step},
    names::Names,
    value::{Choices, Count, PromptRef, Prompts, StepRef, Time},
};

/// Offers choices and takes one key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Menu {
    /// The prompt that says the choices, or a list of up to 18.
    prompt: Prompts,
    /// How long to wait for a key when the prompts have ended: 1s to 1m, 5s if not given.
    #[serde(default = "timeout")]
    timeout: Time<1_000, 60_000>,
    /// A key cuts the prompts short; true if not given. If false, keys pressed before the prompts' end are not heard.
    #[serde(default = "barge_in")]
    barge_in: bool,
    /// The step that each key leads to, e.g. `{ 1 = "sales", "*" = "again" }`.
    keys: Choices,
    /// What follows when no key is pressed, e.g. `{ prompt = "nothing_heard", attempts = 3, then = "goodbye" }`.
    no_input: Retry,
    /// What follows when a key is pressed that the menu does not offer, e.g. `{ prompt = "no_such_choice", then = "goodbye" }`.
    no_match: Retry,
}

/// Says what went wrong and offers the choices again; when the attempts are used up, goes on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Retry {
    /// The prompt that says what went wrong, played before the choices are offered again.
    prompt: Option<PromptRef>,
    /// At which failure of this kind the menu is left: 1 to 10, 3 if not given.
    #[serde(default = "attempts")]
    attempts: Count<1, 10>,
    /// The step that follows when the attempts are used up.
    then: StepRef,
}

fn timeout() -> Time<1_000, 60_000> {
    Time::of_ms(5_000)
}

fn barge_in() -> bool {
    true
}

fn attempts() -> Count<1, 10> {
    Count::of(3)
}

impl Verb for Menu {
    const NAME: &'static str = "menu";
    const LISTENS: bool = true;

    fn step(self, names: &mut Names) -> Step {
        Step::Menu(model::Menu {
            prompts: names.prompts(self.prompt),
            timeout_ms: self.timeout.ms(),
            barge_in: self.barge_in,
            keys: self.keys.0.into_iter().map(|(key, step)| (key, names.step(step))).collect(),
            no_input: self.no_input.checked(names),
            no_match: self.no_match.checked(names),
        })
    }
}

impl Retry {
    fn checked(self, names: &mut Names) -> model::Retry {
        model::Retry {
            prompt: self.prompt.map(|prompt| names.prompt(prompt)),
            attempts: self.attempts.get(),
            then: names.step(self.then),
        }
    }
}
