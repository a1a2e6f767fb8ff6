//! `redirect`: sends the call elsewhere before it is answered.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Verb, transfer::Target};
use crate::flow::{
    model::{self, Step},
    names::Names,
    report::{Report, Span},
    value::{StepRef, Time},
};

/// The most that one redirect rings.
const MOST_TARGETS: usize = 25;

/// Sends the call elsewhere before it is answered: all are rung at once, and who takes it first has it. When nobody does the caller's
/// call is over; it does not come back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Redirect {
    /// Who is rung, 1 to 25: `[{ user = "…" }, { phone = "+…" }, { application_instance = "…" }]`.
    #[schemars(length(min = 1, max = 25))]
    to: Vec<Target>,
    /// How long they are rung, in whole seconds: 15s to 90s; 55s for one and 60s for several if not given.
    timeout: Option<Time<15_000, 90_000, 1_000>>,
    /// The step that follows when Graph refuses to send the call there; it still rings then.
    failed: StepRef,
}

impl Verb for Redirect {
    const NAME: &'static str = "redirect";
    const LISTENS: bool = false;

    fn check(&self, at: &Span, report: &mut Report<'_>) {
        if !(1..=MOST_TARGETS).contains(&self.to.len()) {
            let what = format!("`to` names {}", self.to.len());
            report.error(at.clone(), what, format!("Graph rings 1 to {MOST_TARGETS} at once"));
        }
    }

    fn step(self, names: &mut Names) -> Step {
        // What Graph itself takes where nothing is given: https://learn.microsoft.com/graph/api/call-redirect
        let usual = if self.to.len() == 1 { 55_000 } else { 60_000 };
        let timeout_ms = self.timeout.map_or(usual, Time::ms);
        Step::Redirect(model::Redirect {
            to: self.to.into_iter().map(|target| target.checked(names)).collect(),
            // At most 90, so nothing is cut off.
            timeout_s: (timeout_ms / 1_000) as u8,
            failed: names.step(self.failed),
        })
    }
}
