//! `menu`: offers choices and takes one key.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::{Verb, retry::Retry};
use crate::flow::{
    key::Key,
    model::{self, Step},
    names::Names,
    value::{Choices, OneKey, Prompts, StepRef, Time},
};

/// Offers choices and takes one key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Menu {
    /// The prompt that says the choices, or a list of up to 18.
    prompt: Prompts,
    /// The prompt that says the choices when they are offered once more, or a list of up to 18. If not given, the same as `prompt`.
    short_prompt: Option<Prompts>,
    /// How long to wait for a key when the prompts have ended: 1s to 1m, 5s if not given.
    #[serde(default = "timeout")]
    timeout: Time<1_000, 60_000>,
    /// A key cuts the prompts short; true if not given. If false, keys pressed before the prompts' end are not heard.
    #[serde(default = "barge_in")]
    barge_in: bool,
    /// The step that each key leads to, e.g. `{ 1 = "sales", "*" = "again" }`.
    keys: Choices,
    /// The key that has the choices said again, in full, e.g. "9".
    #[schemars(with = "Option<OneKey>")]
    repeat: Option<Spanned<OneKey>>,
    /// The key that leads to the menu that the call came through before, e.g. "*". In the first menu it says the choices again.
    #[schemars(with = "Option<OneKey>")]
    back: Option<Spanned<OneKey>>,
    /// The key that leads to the first menu that the call came through, e.g. "0".
    #[schemars(with = "Option<OneKey>")]
    top: Option<Spanned<OneKey>>,
    /// What follows when no key is pressed, e.g. `{ prompt = "nothing_heard", attempts = 3, then = "goodbye" }`.
    no_input: Retry,
    /// What follows when a key is pressed that the menu does not offer, e.g. `{ prompt = "no_such_choice", then = "goodbye" }`.
    no_match: Retry,
    /// The step that follows when the caller hangs up, or the call ends otherwise, in the middle of this one: one that takes no time,
    /// such as `notify`. If not given, nothing follows.
    hung_up: Option<StepRef>,
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
        self.check_keys(names);
        let key = |key: Option<Spanned<OneKey>>| key.map(|key| key.into_inner().0);
        Step::Menu(model::Menu {
            prompts: names.prompts(self.prompt),
            short_prompts: self.short_prompt.map(|prompts| names.prompts(prompts)).unwrap_or_default(),
            repeat: key(self.repeat),
            back: key(self.back),
            top: key(self.top),
            timeout_ms: self.timeout.ms(),
            barge_in: self.barge_in,
            keys: self.keys.0.into_iter().map(|(key, step)| (key, names.step(step))).collect(),
            no_input: self.no_input.checked(names),
            no_match: self.no_match.checked(names),
            hung_up: self.hung_up.map(|step| names.unheard(step)),
        })
    }
}

impl Menu {
    /// No key is for two things.
    fn check_keys(&self, names: &mut Names) {
        let mut taken: BTreeMap<Key, &str> = self.keys.0.keys().map(|key| (*key, "keys")).collect();
        for (attribute, key) in [("repeat", &self.repeat), ("back", &self.back), ("top", &self.top)] {
            let Some(key) = key else { continue };
            if let Some(other) = taken.insert(key.get_ref().0, attribute) {
                let what = format!("key `{}` is in `{other}` and is `{attribute}` too", key.get_ref().0);
                names.fault(key.span(), what, "give each a key of its own");
            }
        }
    }
}
