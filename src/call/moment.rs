//! A moment of a call: what a step works on.

use std::borrow::Cow;

use jiff::Timestamp;

use super::{
    action::{Action, Owed, Sound},
    document::{Call, Operation, later},
    event::ResultInfo,
    phase::{At, Ending, Phase},
    placing::WORD_WITHIN_MS,
    secrets::Secrets,
};
use crate::flow::{Flow, Step};

/// How many prompts or recordings may fail one after the other before the bot gives up and ends the call.
const FAILURES_BORNE: u8 = 3;

/// How many steps a call goes through at once before it is taken to go round in circles: as many as a flow may have.
const MOST_AT_ONCE: usize = crate::flow::MAX_STEPS;

/// How long the end of a call may take to be notified before the call is looked at, in milliseconds.
const END_WITHIN_MS: u64 = 30_000;

/// The call, its flow, what seals its secrets, and the time.
pub(super) struct Moment<'a> {
    pub(super) call: Call,
    /// The flow that the call is in now.
    pub(super) flow: &'a Flow,
    /// The flow that it is pinned to, with all those that it may go on with.
    pub(super) pinned: &'a Flow,
    pub(super) secrets: &'a Secrets,
    pub(super) now: Timestamp,
}

impl<'a> Moment<'a> {
    /// The call as it is now, pinned to a flow.
    pub(super) fn new(call: Call, pinned: &'a Flow, secrets: &'a Secrets, now: Timestamp) -> Self {
        let inside = call.inside.as_deref().and_then(|name| pinned.named(name));
        Self { call, flow: inside.unwrap_or(pinned), pinned, secrets, now }
    }

    /// Goes to a step of the flow, and on through those that take no time.
    pub(super) fn go(&mut self, name: &str) {
        let from = self.at().map(|(step, _)| step);
        if !self.walk(from.as_deref(), name, |_| true) {
            self.note("give_up", None, "the flow goes round and round");
            self.finish();
        }
    }

    /// Goes to a step, and on through those that take no time, for as long as it may enter them. `false` where that has no end.
    pub(super) fn walk(&mut self, from: Option<&str>, to: &str, may_enter: impl Fn(Option<&Step>) -> bool) -> bool {
        let (mut from, mut at) = (from, to);
        for _ in 0..=MOST_AT_ONCE {
            let flow = self.flow;
            if !may_enter(flow.steps.get(at)) {
                return true;
            }
            let Some(then) = self.enter(from, at) else { return true };
            from = std::ptr::eq(flow, self.flow).then_some(at);
            at = then;
        }
        false
    }

    /// Begins a step. Yields the one that follows where it takes no time. The first that takes some waits for the answer.
    fn enter(&mut self, from: Option<&str>, name: &str) -> Option<&'a str> {
        let step = self.flow.steps.get(name);
        let outcome = from.and_then(|from| self.flow.outcome(from, name)).map(Cow::into_owned).or_else(|| self.led_before());
        if self.is_unanswered() && !step.is_some_and(Step::is_for_no_ears) {
            self.answer(name, outcome);
            return None;
        }
        let told = outcome.as_deref().map(|outcome| match outcome.split_once('.') {
            // Which key it was is not for the journal, unless the flow asks for that.
            Some((keys @ "keys", _)) if !self.flow.journal_tones => keys,
            _ => outcome,
        });
        self.call.journal.write_step(self.now, name, told);
        match step {
            Some(Step::Set(set)) => return Some(self.set(set)),
            Some(Step::Branch(branch)) => return Some(self.branch(branch)),
            Some(Step::Hours(hours)) => return Some(self.hours(hours)),
            Some(Step::Go(go)) => match self.go_on(go) {
                Some(start) => return Some(start),
                None => self.finish(),
            },
            Some(Step::Language(language)) => return Some(self.language(language)),
            Some(Step::Say(say)) => return self.say(name, say),
            Some(Step::Wait(wait)) => return self.wait(name, wait),
            Some(Step::SendKeys(send)) => return self.send_keys(name, send),
            Some(Step::Invite(invite)) => return self.invite(name, invite),
            Some(Step::Remove(remove)) => return self.remove(name, remove),
            Some(Step::Mute(mute)) => return self.mute(name, mute),
            Some(Step::Unmute(_)) => return self.unmute(name),
            Some(Step::Hold(hold)) => return self.hold(name, hold),
            Some(Step::Unhold(unhold)) => return self.unhold(name, unhold),
            Some(Step::Play(play)) => self.play(name, play),
            Some(Step::Menu(menu)) => self.menu(name, menu),
            Some(Step::Collect(collect)) => self.collect(name, collect),
            Some(Step::Record(record)) => self.record(name, record),
            Some(Step::Transfer(transfer)) => self.transfer(name, transfer),
            Some(Step::Answer(answer)) => return Some(&answer.then),
            Some(Step::Reject(reject)) => self.reject(reject),
            Some(Step::Redirect(redirect)) => return self.redirect(name, redirect),
            Some(Step::Ask(ask)) => self.ask(name, ask),
            Some(Step::Notify(notify)) => return Some(self.notify(name, notify)),
            Some(Step::Acknowledge(acknowledge)) => return Some(self.acknowledge(acknowledge)),
            // A checked flow names only steps it has; should one be missing all the same, the caller must not be left waiting.
            Some(Step::HangUp) | None => self.finish(),
        }
        None
    }

    /// The step's name and what goes on in it; `None` outside the flow.
    pub(super) fn at(&self) -> Option<(String, At)> {
        match &self.call.phase {
            Phase::InStep { step, at } => Some((step.clone(), at.clone())),
            _ => None,
        }
    }

    /// Stays in, or enters, a step.
    pub(super) fn stand(&mut self, step: &str, at: At) {
        self.call.phase = Phase::InStep { step: step.to_owned(), at };
    }

    /// The flow's prompts of these names, as sounds.
    pub(super) fn sounds<'n>(&self, names: impl IntoIterator<Item = &'n String>) -> Vec<Sound> {
        names.into_iter().filter_map(|name| self.flow.prompt(name, self.call.language.as_deref())).map(Sound::of).collect()
    }

    /// Stops whatever plays or records, and forgets it: its end says nothing any more.
    pub(super) fn hush(&mut self) {
        if self.call.operations.is_empty() {
            return;
        }
        let stopped: Vec<u32> = self.call.operations.drain(..).map(|operation| operation.n).collect();
        self.call.owed.retain(|owed| !stopped.contains(&owed.n));
        self.call.owe(Action::CancelMediaProcessing);
    }

    /// Goes on to `next`; where a prompt or recording came to nothing, as [`Self::failed`] has it.
    pub(super) fn unless_failed(&mut self, completed: bool, next: impl FnOnce(&mut Self)) {
        match completed {
            true => next(self),
            false => self.failed(next),
        }
    }

    /// A prompt or recording came to nothing. Goes on to `next`, unless too many did in a row.
    pub(super) fn failed(&mut self, next: impl FnOnce(&mut Self)) {
        self.call.failures = self.call.failures.saturating_add(1);
        if self.call.failures < FAILURES_BORNE {
            return next(self);
        }
        self.note("give_up", None, "nothing can be played or recorded");
        self.hang_up();
    }

    /// Asks for the call's end, in the middle of whatever it is at.
    pub(super) fn hang_up(&mut self) {
        self.hang_up_for(Ending::BotHungUp);
    }

    /// Asks for the call's end, in the middle of whatever it is at, for a reason.
    pub(super) fn hang_up_for(&mut self, ending: Ending) {
        self.cut_off();
        self.ask_for_the_end(ending);
    }

    /// Asks for the call's end, to which its flow has led.
    pub(super) fn finish(&mut self) {
        self.ask_for_the_end(Ending::BotHungUp);
    }

    /// One that Graph may have or not is ended when there is word of it.
    fn ask_for_the_end(&mut self, ending: Ending) {
        self.call.owed.retain(Owed::outlives_the_call);
        self.await_end(ending);
        match (&self.call.graph_id, &mut self.call.phase) {
            (None, Phase::HangingUp { ended_by, .. }) => *ended_by = later(self.now, WORD_WITHIN_MS),
            _ => {
                self.call.owe(Action::HangUp);
            }
        }
    }

    /// The end is coming: nothing more is asked for.
    pub(super) fn await_end(&mut self, ending: Ending) {
        self.call.phase = Phase::HangingUp { ended_by: later(self.now, END_WITHIN_MS), ending };
        self.call.operations.retain(Operation::is_recording);
        self.call.company.alone_since = None;
    }

    /// The call is over. What was recorded is still kept, even when Graph tells of it only now, and notices are still sent.
    pub(super) fn end(&mut self, ending: Ending, result: Option<ResultInfo>) {
        self.cut_off();
        self.note("ended", None, name_of(ending));
        self.call.phase = Phase::Ended { at: self.now, ending, result };
        self.call.owed.retain(Owed::outlives_the_call);
        self.call.operations.retain(Operation::is_recording);
        self.call.acting = None;
        self.call.keep_alive_at = None;
        self.call.company.alone_since = None;
        self.tell_order();
    }

    /// Writes into the journal.
    pub(super) fn note(&mut self, kind: &str, n: Option<u32>, result: &str) {
        self.call.journal.write(self.now, kind, n, result);
    }
}

fn name_of(ending: Ending) -> &'static str {
    match ending {
        Ending::CallerHungUp => "the caller hung up",
        Ending::CalledHungUp => "the one called hung up",
        Ending::BotHungUp => "the bot hung up",
        Ending::Transferred => "passed on",
        Ending::Rejected => "declined",
        Ending::Redirected => "sent elsewhere",
        Ending::Missed => "missed: the notification came too late for an answer",
        Ending::NotAnswered => "not answered",
        Ending::Declined => "the one called declined",
        Ending::Busy => "the one called was busy",
        Ending::NoAnswer => "nobody answered in time",
        Ending::Unreachable => "there was nobody to be rung",
        Ending::NotTaken => "nobody took it",
        Ending::NotPlaced => "Graph did not place it",
        Ending::CalledOff => "called off before anybody took it",
        Ending::Gone => "no longer there",
    }
}
