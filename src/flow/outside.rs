//! What of a flow is reached from outside of it: its variables, its events, its switches.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Collect, Flow, Step};

impl Flow {
    /// It, or a flow that a call may go on with, declares this variable.
    pub fn declares(&self, variable: &str) -> bool {
        self.all().any(|flow| flow.variables.contains_key(variable))
    }

    /// A secret is compared with this variable: whoever sets it chooses the secret.
    pub fn guards_with(&self, variable: &str) -> bool {
        self.all().flat_map(|flow| flow.steps.values()).any(|step| match step {
            Step::Collect(Collect { secret: true, matches: Some(expected), .. }) => expected.names().any(|name| name == variable),
            _ => false,
        })
    }

    /// The switches that steps look at, here and there.
    pub fn switches(&self) -> impl Iterator<Item = &str> {
        self.all().flat_map(|flow| flow.steps.values()).filter_map(|step| match step {
            Step::Hours(hours) => hours.switch.as_deref(),
            _ => None,
        })
    }

    /// What a call of it may be told so that it goes to a step, here and there.
    pub fn events(&self) -> BTreeSet<&str> {
        let of_flow = self.all().map(|flow| &flow.told);
        let of_steps = self.all().flat_map(|flow| flow.steps.values()).filter_map(Step::told);
        of_flow.chain(of_steps).flat_map(BTreeMap::keys).map(String::as_str).collect()
    }
}
