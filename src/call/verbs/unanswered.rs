//! What is done with a call instead of taking it: `reject` and `redirect`.

use crate::{
    call::{
        action::Action,
        document::{AUDIBLE_WITHIN_MS, later},
        event::ResultInfo,
        moment::Moment,
        phase::{At, Ending, Phase},
    },
    flow::{Redirect, Reject, Step},
};

/// How much longer than its time a redirect may take before the call is looked at, in milliseconds.
const TOLD_WITHIN_MS: u64 = 10_000;

impl Moment<'_> {
    /// Declines a call that rings. One that is taken already can only be ended.
    pub(in crate::call) fn reject(&mut self, reject: &Reject) {
        if !self.is_unanswered() {
            return self.finish();
        }
        self.call.owe(Action::Reject { reason: reject.reason });
        self.await_end(Ending::Rejected);
    }

    /// Sends a call that rings elsewhere. One that is taken already goes on with the step for when that cannot be.
    pub(in crate::call) fn redirect<'a>(&mut self, step: &str, redirect: &'a Redirect) -> Option<&'a str> {
        if !self.is_unanswered() {
            return Some(&redirect.failed);
        }
        let targets: Vec<_> = redirect.to.iter().filter_map(|whom| whom.target(|text| self.fill(text))).collect();
        if targets.is_empty() {
            self.note("redirect", None, "failed: what the variables make is no id or number");
            return Some(&redirect.failed);
        }
        let n = self.call.owe(Action::Redirect { targets, timeout_s: redirect.timeout_s });
        let settled_by = later(self.now, u64::from(redirect.timeout_s) * 1000 + TOLD_WITHIN_MS);
        self.stand(step, At::Redirect { n, settled_by });
        None
    }

    /// Graph did not send the call elsewhere: it still rings, and the flow goes on.
    pub(in crate::call) fn redirect_failed(&mut self) {
        let Some((step, At::Redirect { n, .. })) = self.at() else { return };
        let Some(Step::Redirect(redirect)) = self.flow.steps.get(&step) else { return };
        self.call.owed.retain(|owed| owed.n != n);
        self.call.phase = Phase::Ringing { audible_by: later(self.now, AUDIBLE_WITHIN_MS), first: None, by: None };
        self.go(&redirect.failed);
    }

    /// Graph says that it is under way: then it was asked for, whatever its reply was.
    pub(in crate::call) fn redirect_moves(&mut self) {
        let Some((_, At::Redirect { n, .. })) = self.at() else { return };
        self.call.owed.retain(|owed| owed.n != n);
    }

    /// How a call ended that was sent elsewhere: Graph says why only where nobody has it.
    pub(in crate::call) fn end_of_redirect(&self, result: Option<&ResultInfo>) -> Ending {
        match result {
            Some(result) if result.code >= 400 => Ending::CallerHungUp,
            _ => Ending::Redirected,
        }
    }
}
