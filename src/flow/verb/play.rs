//! `play`: plays prompts, then goes on.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Verb;
use crate::flow::{
    model::{self, Step},
    names::Names,
    value::{Choices, Count, Prompts, StepRef},
};

/// Plays prompts, then goes on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Play {
    /// The prompt to play, or a list of up to 18 to play one after the other.
    prompt: Prompts,
    /// How often all of it is played: 1 to 50, once if not given.
    #[serde(default = "times")]
    times: Count<1, 50>,
    /// Any key cuts the prompts short and leads on; false if not given.
    #[serde(default)]
    barge_in: bool,
    /// Keys that cut the prompts short and lead elsewhere, e.g. `{ 0 = "operator" }`. Other keys are heard only with `barge_in`.
    keys: Option<Choices>,
    /// The step that follows.
    then: StepRef,
}

fn times() -> Count<1, 50> {
    Count::of(1)
}

impl Verb for Play {
    const NAME: &'static str = "play";
    const LISTENS: bool = false;

    fn step(self, names: &mut Names) -> Step {
        let keys = self.keys.map_or_else(BTreeMap::new, |keys| keys.0);
        Step::Play(model::Play {
            prompts: names.prompts(self.prompt),
            times: self.times.get(),
            barge_in: self.barge_in,
            keys: keys.into_iter().map(|(key, step)| (key, names.step(step))).collect(),
            then: names.step(self.then),
        })
    }
}
