//! `acknowledge`: acknowledges an order.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Verb;
use crate::flow::{model::Step, names::Names, reaching, value::StepRef};

/// Acknowledges the order that the call is part of, and goes on at once. In a call of no order it only leaves a line in the journal.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Acknowledge {
    /// The step that follows.
    then: StepRef,
}

impl Verb for Acknowledge {
    const NAME: &'static str = "acknowledge";
    const LISTENS: bool = false;

    fn step(self, names: &mut Names) -> Step {
        Step::Acknowledge(reaching::Acknowledge { then: names.step(self.then) })
    }
}
