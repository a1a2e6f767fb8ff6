//! How a call begins: it rings, is answered as soon as a step comes that the caller is to hear, and can be heard.

use super::{
    action::Action,
    document::{KEEP_ALIVE_EVERY_MS, later},
    moment::Moment,
    phase::{Ending, Phase},
};
use crate::flow::Step;

/// How old a ring may be and still be answered, in milliseconds. Graph gives up after 15 seconds:
/// <https://learn.microsoft.com/graph/api/call-answer>
const ANSWERED_WITHIN_MS: u64 = 14_000;

impl Moment<'_> {
    /// Somebody rings: the flow begins, and whatever it can do before the answer it does now.
    pub(super) fn rings(&mut self) {
        let is_new = self.call.next_n == 1 && matches!(self.call.phase, Phase::Ringing { .. });
        if !is_new {
            return;
        }
        if self.now > later(self.call.created, ANSWERED_WITHIN_MS) {
            return self.end(Ending::Missed, None);
        }
        self.note("incoming_call", None, "rings");
        self.declare_variables();
        let start = self.flow.start.clone();
        self.go(&start);
    }

    /// The call rings, and nobody has decided yet to take it.
    pub(super) fn is_unanswered(&self) -> bool {
        matches!(self.call.phase, Phase::Ringing { first: None, .. })
    }

    /// Takes the call. The step `first`, to which the outcome `by` led, begins when the caller can hear it.
    pub(super) fn answer(&mut self, first: &str, by: Option<String>) {
        let prefetch = self.flow.steps.get(first).map(|step| self.sounds(step.plays_first())).unwrap_or_default();
        self.decide_on(first, by);
        self.call.owe(Action::Answer { prefetch });
    }

    /// The caller can be heard and can hear: the first step that is for their ears begins.
    pub(super) fn audible(&mut self) {
        self.note("call_updated", None, "audible");
        self.call.keep_alive_at = Some(later(self.now, KEEP_ALIVE_EVERY_MS));
        if self.is_unanswered() {
            // Who rang was never told, so nothing has been decided.
            self.decide_on(&self.flow.start, None);
        }
        let first = match &self.call.phase {
            Phase::Ringing { first: Some(first), .. } => first.clone(),
            Phase::Placing { .. } => self.flow.start.clone(),
            _ => return,
        };
        self.go(&first);
        let listens = self.pinned.all().flat_map(|flow| flow.steps.values()).any(Step::hears_keys);
        if listens && matches!(self.call.phase, Phase::InStep { .. }) {
            // After the first prompt, not before: the sooner the caller hears something the better.
            self.call.owe(Action::SubscribeToTone);
        }
    }

    /// The outcome that led to the step that begins when the call can be heard.
    pub(super) fn led_before(&self) -> Option<String> {
        match &self.call.phase {
            Phase::Ringing { by, .. } => by.clone(),
            _ => None,
        }
    }

    fn decide_on(&mut self, step: &str, outcome: Option<String>) {
        if let Phase::Ringing { first, by, .. } = &mut self.call.phase {
            *first = Some(step.to_owned());
            *by = outcome;
        }
    }
}
