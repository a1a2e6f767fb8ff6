//! `say`: says digits or a number from recorded ones.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Verb;
use crate::flow::{
    model::{self, Step},
    names::Names,
    spoken::Manner,
    value::{StepRef, Text},
};

/// Says digits or a number with prompts that are recorded for it, then goes on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Say {
    /// What is said, e.g. `"{order}"`. What is no digit in it is passed over.
    text: Text,
    /// `digits` says one digit after the other, `number` a whole number; `digits` if not given.
    #[serde(default, rename = "as")]
    manner: Manner,
    /// The step that follows.
    then: StepRef,
}

impl Verb for Say {
    const NAME: &'static str = "say";
    const LISTENS: bool = false;

    fn step(self, names: &mut Names) -> Step {
        names.said(&self.text, self.manner.prompts());
        Step::Say(model::Say { text: names.text(self.text), manner: self.manner, then: names.step(self.then) })
    }
}
