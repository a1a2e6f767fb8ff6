//! `notify`: tells a server of the operator's own, and goes on at once.

use jiff::Timestamp;

use crate::{
    call::{
        action::{Action, Owed},
        document::later,
        event::Outcome,
        hook::{Facts, Hook},
        moment::Moment,
    },
    flow::Notify,
};

/// How often a notice is sent that nobody takes: with the pauses below, for a day.
const TRIES: u8 = 33;

/// How many notices of one call may wait to be sent. A caller who goes round and round must not fill the document.
const MOST_WAITING: usize = 50;

/// The first pause, in milliseconds; each doubles, up to the longest.
const FIRST_PAUSE_MS: u64 = 5_000;

/// The longest pause, in milliseconds.
const LONGEST_PAUSE_MS: u64 = 3_600_000;

impl<'a> Moment<'a> {
    pub(in crate::call) fn notify(&mut self, step: &str, notify: &'a Notify) -> &'a str {
        let is_notice = |owed: &&Owed| matches!(owed.action, Action::Notify { .. });
        match self.call.owed.iter().filter(is_notice).count() < MOST_WAITING {
            true => {
                let (hook, facts) = (self.hook(&notify.hook), self.facts(step, &notify.variables));
                self.call.owe(Action::Notify { hook, event: notify.event.clone(), facts });
            }
            false => self.note("notify", None, "given up: too many wait to be sent"),
        }
        &notify.then
    }

    /// A notice was sent, or not.
    pub(in crate::call) fn notified(&mut self, owed: &Owed, outcome: &Outcome) {
        let attempts = owed.attempts.saturating_add(1);
        match outcome {
            Outcome::Done { .. } => self.paid(owed, "taken"),
            Outcome::Refused { status, code, .. } => self.paid(owed, &format!("given up: {status} {code}")),
            _ if attempts >= TRIES => self.paid(owed, "given up: nobody took it for a day"),
            Outcome::Throttled { until } => self.put_off(owed.n, Some(*until), attempts),
            _ => self.put_off(owed.n, Some(self.next_try(owed.attempts)), attempts),
        }
    }

    /// A hook of the flow.
    pub(in crate::call) fn hook(&self, name: &str) -> Hook {
        Hook { name: name.to_owned(), url: self.flow.hooks.get(name).cloned().flatten() }
    }

    /// What is told of the call now.
    pub(in crate::call) fn facts(&self, step: &str, variables: &[String]) -> Facts {
        let variables = variables.iter().map(|name| (name.clone(), self.value(name))).collect();
        Facts { at: self.now, step: step.to_owned(), variables }
    }

    fn next_try(&self, attempts: u8) -> Timestamp {
        let pause = FIRST_PAUSE_MS << attempts.min(20);
        later(self.now, pause.min(LONGEST_PAUSE_MS))
    }
}
