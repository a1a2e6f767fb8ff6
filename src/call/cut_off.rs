//! The call ends in the middle of a step: what was said is kept all the same, and the flow goes on as far as it needs no ears.

use super::{moment::Moment, phase::At};
use crate::flow::Step;

impl Moment<'_> {
    /// The step that the call stands in does not come to its own end.
    pub(super) fn cut_off(&mut self) {
        self.join_what_was_said();
        match self.at() {
            // Whether anything was said is not known before Graph tells of the recording, if it does.
            Some((step, At::Record { parts, .. })) if parts.is_empty() => self.call.cut_off_in = Some(step),
            Some((step, _)) => self.go_on_unheard(&step),
            None => {}
        }
    }

    /// What was said in the step that the end of the call has cut off has come after all.
    pub(super) fn was_said_after_all(&mut self) {
        if let Some(step) = self.call.cut_off_in.take() {
            self.go_on_unheard(&step);
        }
    }

    /// Goes where `step` says, and on through steps that take no time, up to the first that the caller would have to hear.
    fn go_on_unheard(&mut self, step: &str) {
        let Some(next) = self.flow.steps.get(step).and_then(Step::hung_up) else { return };
        let needs_nobody = |step: Option<&Step>| step.is_some_and(|step| step.is_for_no_ears() && !step.needs_ringing());
        if !self.walk(Some(step), next, needs_nobody) {
            self.note("give_up", None, "the flow goes round and round");
        }
    }
}
