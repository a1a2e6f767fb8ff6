//! `menu`: offers choices and takes one key.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Verb, retry::Retry};
use crate::flow::{
    model::{self, Step},
    names::Names,
    value::{Choices, Prompts, Time},
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

fn timeout() -> Time<1_000, 60_000> {
    Time::of_ms(5_000)
}

fn barge_in() -> bool {
    true
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
