//! `ask`: asks a server of the operator's own, whose answer sets variables and chooses the way.
//!
//! Where nothing plays meanwhile the question is asked within the turn, and the caller waits for it in silence: not for long. Where
//! something plays it is asked apart from turns, like the keeping of recordings.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    call::{
        action::{Action, Owed},
        document::later,
        event::Outcome,
        hook::Answer,
        moment::Moment,
        phase::At,
    },
    flow::{Ask, LONGEST_VALUE, Step},
};

/// How long until a hook that failed is asked again, in milliseconds.
const AGAIN_AFTER_MS: u64 = 1_000;

/// How much time must be left for that, in milliseconds.
const WORTH_ASKING_MS: u64 = 500;

/// How an answer is taken.
struct Taken<'f> {
    variables: BTreeMap<String, String>,
    then: &'f str,
}

impl Moment<'_> {
    pub(in crate::call) fn ask(&mut self, step: &str, ask: &Ask) {
        let prompt = self.play_meanwhile(&ask.meanwhile);
        let (hook, facts) = (self.hook(&ask.hook), self.facts(step, &ask.variables));
        let n = self.call.owe(Action::Ask { hook, facts, within_ms: ask.timeout_ms, is_apart: prompt.is_some() });
        let answer_by = later(self.now, u64::from(ask.timeout_ms));
        self.stand(step, At::Ask { n, prompt, answer_by, then: None });
    }

    /// What plays meanwhile has ended. It plays again until the answer is there.
    pub(in crate::call) fn meanwhile_ended(&mut self, step: &str, completed: bool) {
        let Some((_, At::Ask { n, answer_by, then, .. })) = self.at() else { return };
        let Some(Step::Ask(ask)) = self.flow.steps.get(step) else { return };
        match then {
            Some(then) => self.go(&then),
            // What could not be played once is not tried for as long as the answer takes.
            None => {
                let prompt = completed.then(|| self.play_meanwhile(&ask.meanwhile)).flatten();
                self.stand(step, At::Ask { n, prompt, answer_by, then: None });
            }
        }
    }

    /// A hook was asked.
    pub(in crate::call) fn asked(&mut self, owed: &Owed, outcome: &Outcome) {
        let Some((step, At::Ask { n, prompt, answer_by, .. })) = self.at().filter(|(_, at)| at.waits_for_answer(owed.n)) else {
            return self.paid(owed, "nobody waits for it any more");
        };
        let Some(Step::Ask(ask)) = self.flow.steps.get(&step) else { return };
        let again = later(self.now, AGAIN_AFTER_MS);
        match outcome {
            Outcome::Answered(answer) => match take(ask, answer) {
                Ok(Taken { variables, then }) => {
                    self.paid(owed, "answered");
                    variables.into_iter().for_each(|(name, value)| self.set_variable(&name, value));
                    match prompt {
                        Some(_) if !ask.cut => self.stand(&step, At::Ask { n, prompt, answer_by, then: Some(then.to_owned()) }),
                        _ => self.leave_ask(then),
                    }
                }
                Err(why) => self.ask_failed(owed, ask, why),
            },
            Outcome::Throttled { until } if *until < answer_by => self.put_off(owed.n, Some(*until), owed.attempts),
            Outcome::Unknown | Outcome::NotSent if later(again, WORTH_ASKING_MS) < answer_by => {
                self.put_off(owed.n, Some(again), owed.attempts.saturating_add(1));
            }
            Outcome::Refused { status, code, .. } => self.ask_failed(owed, ask, &format!("{status} {code}")),
            _ => self.ask_failed(owed, ask, "no answer in time"),
        }
    }

    /// Whoever asked was lost, again and again: the flow goes on.
    pub(in crate::call) fn ask_overdue(&mut self) {
        let Some((step, At::Ask { n, answer_by, .. })) = self.at() else { return };
        let Some(Step::Ask(ask)) = self.flow.steps.get(&step) else { return };
        let owed = self.call.owed.iter().find(|owed| owed.n == n).cloned();
        match owed {
            Some(owed) if given_up_at(answer_by) <= self.now => self.ask_failed(&owed, ask, "nobody could ask"),
            _ => {}
        }
    }

    fn ask_failed(&mut self, owed: &Owed, ask: &Ask, why: &str) {
        self.paid(owed, &format!("failed: {why}"));
        self.leave_ask(&ask.failed);
    }

    fn leave_ask(&mut self, then: &str) {
        self.hush();
        self.go(then);
    }

    /// Plays prompts while something is waited for; yields the action, where there is anything to play.
    pub(super) fn play_meanwhile(&mut self, prompts: &[String]) -> Option<u32> {
        let sounds = self.sounds(prompts);
        (!sounds.is_empty()).then(|| self.call.begin(Action::PlayPrompt { sounds }, self.now))
    }
}

impl At {
    fn waits_for_answer(&self, to: u32) -> bool {
        matches!(self, Self::Ask { n, then: None, .. } if *n == to)
    }
}

/// How long after its time a question may still be asked, because whoever asked first was lost, in milliseconds.
const LOST_FOR_MS: u64 = 90_000;

/// When a question whose answer was due is no longer asked.
pub(in crate::call) fn given_up_at(answer_by: Timestamp) -> Timestamp {
    later(answer_by, LOST_FOR_MS)
}

/// Takes an answer by what the step allows; variables that it does not name are left out. The error says what is wrong.
fn take<'f>(ask: &'f Ask, answer: &Answer) -> Result<Taken<'f>, &'static str> {
    let then = match &answer.next {
        Some(next) => ask.next.get(next).ok_or("it chose a way that the step has not")?,
        None => &ask.then,
    };
    let named = answer.variables.iter().filter(|(name, _)| ask.sets.contains(name));
    let variables: BTreeMap<_, _> = named.map(|(name, value)| (name.clone(), value.clone())).collect();
    match variables.values().all(|value| value.chars().count() <= LONGEST_VALUE) {
        true => Ok(Taken { variables, then }),
        false => Err("a variable is too long"),
    }
}
