//! `notify`: tells a server of the operator's own.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Verb;
use crate::flow::{
    model::{self, Step},
    names::Names,
    value::{EventType, HookRef, StepRef, VariableRef},
};

/// Tells a server of your own, and goes on at once. What is told arrives at least once, in its own time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Notify {
    /// The hook that is told, one of `[hooks]`.
    hook: HookRef,
    /// What has happened: the type of the CloudEvent; "switchboard.call" if not given.
    #[serde(default = "event")]
    event: EventType,
    /// The variables and facts, such as `call.caller`, that are told beside what is always told, by name; none if not given.
    #[serde(default)]
    variables: Vec<VariableRef>,
    /// The step that follows.
    then: StepRef,
}

fn event() -> EventType {
    EventType("switchboard.call".to_owned())
}

impl Verb for Notify {
    const NAME: &'static str = "notify";
    const LISTENS: bool = false;

    fn step(self, names: &mut Names) -> Step {
        Step::Notify(model::Notify {
            hook: names.hook(self.hook),
            event: self.event.0,
            variables: self.variables.into_iter().map(|name| names.reads(name)).collect(),
            then: names.step(self.then),
        })
    }
}
