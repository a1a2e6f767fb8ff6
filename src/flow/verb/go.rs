//! `go`: goes on with another flow.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Verb;
use crate::flow::{
    model::{self, Step},
    names::Names,
    value::FlowRef,
};

/// Goes on with the start of another flow of the same folder; nothing comes back from there unless it goes back itself. It takes no time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Go {
    /// The name of the flow.
    flow: FlowRef,
}

impl Verb for Go {
    const NAME: &'static str = "go";
    const LISTENS: bool = false;

    fn step(self, names: &mut Names) -> Step {
        Step::Go(model::Go { flow: names.flow(self.flow) })
    }
}
