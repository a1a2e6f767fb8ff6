//! `answer`: takes the call.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Verb;
use crate::flow::{
    model::{self, Step},
    names::Names,
    value::StepRef,
};

/// Takes the call, then goes on. A call is taken anyway when it comes to a step that the caller hears; this takes it sooner.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    /// The step that follows.
    then: StepRef,
}

impl Verb for Answer {
    const NAME: &'static str = "answer";
    const LISTENS: bool = false;

    fn step(self, names: &mut Names) -> Step {
        Step::Answer(model::Answer { then: names.step(self.then) })
    }
}
