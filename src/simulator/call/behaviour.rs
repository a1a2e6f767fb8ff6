//! The caller in the call: hears what is played, and acts.

use jiff::SignedDuration;

use super::Call;
use crate::simulator::{
    agenda::{Alarm, Due},
    person::Deed,
    setup::Caption,
    stage::Stage,
};

/// A scripted caller who hears nothing new for this long hangs up.
const PATIENCE: SignedDuration = SignedDuration::from_secs(100);
/// A scripted caller stays no longer than this.
const STAYS: SignedDuration = SignedDuration::from_hours(1);

impl Call {
    /// The caller listens, from now or again.
    pub(super) fn settle_in(&mut self, stage: &mut Stage) {
        self.be_patient(stage);
        let due = Due::Call(self.number, Alarm::Fatigue);
        if self.person.is_scripted() && !stage.agenda.has(due) {
            self.set(Alarm::Fatigue, STAYS, stage);
        }
    }

    pub(super) fn caller_hears(&mut self, caption: &Caption, stage: &mut Stage) {
        self.clear(Alarm::Patience, stage);
        self.person.prompt_began(&caption.name, &caption.words, stage.now);
        self.plan(stage);
    }

    pub(super) fn caller_heard(&mut self, completed: bool, stage: &mut Stage) {
        self.be_patient(stage);
        self.person.prompt_ended(completed, stage.now);
        self.plan(stage);
    }

    pub(super) fn caller_hears_beep(&mut self, stage: &mut Stage) {
        self.clear(Alarm::Patience, stage);
        self.person.recording_began(stage.now);
        self.plan(stage);
    }

    pub(super) fn caller_recorded(&mut self, was_lost: bool, stage: &mut Stage) {
        self.be_patient(stage);
        self.person.recording_ended(was_lost);
        self.plan(stage);
    }

    /// What the caller had planned for now.
    pub(super) fn act(&mut self, stage: &mut Stage) {
        if let Some(deed) = self.person.due(stage.now) {
            match deed {
                Deed::Press(key) => self.press(key, stage),
                Deed::Speak(length) => self.speak(length, stage),
                Deed::HangUp => self.leave(stage),
            }
        }
        if !self.is_over() {
            self.plan(stage);
        }
    }

    pub(super) fn give_up(&mut self, why: &str, stage: &mut Stage) {
        self.person.gives_up(why);
        self.leave(stage);
    }

    /// Something was heard, be it silence to its end: the bot is there.
    pub(super) fn be_patient(&self, stage: &mut Stage) {
        if self.person.is_scripted() {
            self.set(Alarm::Patience, PATIENCE, stage);
        }
    }

    fn plan(&self, stage: &mut Stage) {
        let due = Due::Call(self.number, Alarm::Caller);
        match self.person.next_at() {
            Some(at) => stage.agenda.set(due, at),
            None => stage.agenda.clear(due),
        }
    }
}
