//! `set`: sets variables.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Verb;
use crate::flow::{
    model::{self, Step},
    names::Names,
    value::{Assignments, StepRef},
};

/// Sets variables, then goes on. It takes no time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Set {
    /// The variables to set and their texts, e.g. `{ department = "sales", day = "{now.weekday}" }`. Every text is filled in before any variable is set.
    variables: Assignments,
    /// The step that follows.
    then: StepRef,
}

impl Verb for Set {
    const NAME: &'static str = "set";
    const LISTENS: bool = false;

    fn step(self, names: &mut Names) -> Step {
        let assignments = self.variables.0.into_iter();
        Step::Set(model::Set {
            variables: assignments.map(|(variable, text)| (names.sets(variable), names.text(text))).collect(),
            then: names.step(self.then),
        })
    }
}
