//! What whoever placed a call, or may use the API, does to it from outside.

use std::collections::BTreeMap;

use super::{
    moment::Moment,
    phase::{Ending, Phase},
};

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
