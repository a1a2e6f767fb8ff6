//! `wait`: lets time pass.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Verb;
use crate::flow::{
    model::{self, Step},
    names::Names,
    value::{Choices, StepRef, Time, Ways},
};

/// Lets time pass in silence, then goes on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wait {
    /// How long: 100ms to 10m.
    time: Time<100, 600_000>,
    /// Keys that end the wait, and the step that each leads to, e.g. `{ "*" = "main_menu" }`. If not given, keys do nothing.
    keys: Option<Choices>,
    /// What ends the wait when the call is told so by `POST /api/calls/{id}/events`, and the step that each leads to.
    #[serde(default)]
    events: Ways,
    /// The step that follows as soon as somebody else comes into the call. If not given, that does nothing.
    joined: Option<StepRef>,
    /// The step that follows as soon as nobody else is in the call, at once if that is so already. If not given, that does nothing.
    alone: Option<StepRef>,
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
            events: self.events.0.into_iter().map(|(event, step)| (event.0, names.step(step))).collect(),
            joined: self.joined.map(|step| names.joined(step)),
            alone: self.alone.map(|step| names.step(step)),
            then: names.step(self.then),
            hung_up: self.hung_up.map(|step| names.unheard(step)),
        })
    }
}
