//! What whoever placed a call, or may use the API, does to it from outside.

use std::collections::BTreeMap;

use super::{
    moment::Moment,
    phase::{At, Ending, Phase},
};
use crate::flow::Step;

impl Moment<'_> {
    /// Somebody tells the call something: values for variables that its flow has, and a name by which its flow may know what to do.
    pub(super) fn steered(&mut self, name: &str, data: &BTreeMap<String, String>) {
        if !matches!(self.call.phase, Phase::InStep { .. } | Phase::Ringing { .. } | Phase::Placing { .. }) {
            return;
        }
        self.note("steered", None, name);
        for (variable, value) in data {
            if self.call.variables.contains_key(variable) {
                self.set_variable(variable, value.clone());
            }
        }
        self.go_as_told(name);
    }

    /// Goes where the step says that the call stands in, or else its flow. A call that is on its way elsewhere is beyond that, and
    /// one that nobody hears yet goes where its flow begins.
    fn go_as_told(&mut self, name: &str) {
        let Some((step, at)) = self.at() else { return };
        let of_step = self.flow.steps.get(&step).and_then(Step::told).and_then(|told| told.get(name));
        let Some(next) = of_step.or_else(|| self.flow.told.get(name)) else { return };
        if matches!(at, At::Transfer { .. } | At::Redirect { .. }) {
            return;
        }
        self.leave_off(&at);
        self.go(next);
    }

    /// Stops what the step is at: what plays, and what was not asked of Graph yet. What was said so far is kept.
    fn leave_off(&mut self, at: &At) {
        self.join_what_was_said();
        self.hush();
        if let At::Invite { n, .. } | At::Moderate { n } | At::Ask { n, .. } = at {
            self.call.owed.retain(|owed| owed.n != *n);
        }
    }

    /// Somebody wants the call to end.
    pub(super) fn end_asked(&mut self) {
        let ending = match self.call.phase {
            Phase::HangingUp { .. } | Phase::Ended { .. } => return,
            Phase::Placing { .. } => Ending::CalledOff,
            Phase::Ringing { .. } | Phase::InStep { .. } => Ending::BotHungUp,
        };
        self.note("end_asked", None, "whoever may has asked for the end");
        self.hang_up_for(ending);
    }
}
