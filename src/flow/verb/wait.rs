//! `wait`: lets time pass.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Verb;
use crate::flow::{
    model::{self, Step},
    names::Names,
    value::{Choices, StepRef, Time},
};

/// Lets time pass in silence, then goes on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wait {
    /// How long: 100ms to 10m.
    time: Time<100, 600_000>,
    /// Keys that end the wait, and the step that each leads to, e.g. `{ "*" = "main_menu" }`. If not given, keys do nothing.
    keys: Option<Choices>,
    /// The step that follows when the time is over.
    then: StepRef,
    /// The step that follows when the caller hangs up, or the call ends otherwise, in the middle of this one: one that takes no time,
    /// such as `notify`. If not given, nothing follows.
    hung_up: Option<StepRef>,
}

impl Verb for Wait {
    const NAME: &'static str = "wait";
    // It takes time, which is what going round needs.
    const LISTENS: bool = true;

    fn step(self, names: &mut Names) -> Step {
        let keys = self.keys.map(|choices| choices.0).unwrap_or_default();
        Step::Wait(model::Wait {
            ms: self.time.ms(),
            keys: keys.into_iter().map(|(key, step)| (key, names.step(step))).collect(),
            then: names.step(self.then),
            hung_up: self.hung_up.map(|step| names.unheard(step)),
        })
    }
}
