//! The people in the call: they hear what is played, and act.

use jiff::SignedDuration;

use super::Call;
use crate::simulator::{
    agenda::{Alarm, Due},
    person::{Deed, Person},
    setup::Caption,
    stage::Stage,
};

/// A person who hears nothing new for this long hangs up, unless led from outside.
const PATIENCE: SignedDuration = SignedDuration::from_secs(100);
/// And stays no longer than this.
const STAYS: SignedDuration = SignedDuration::from_hours(1);

impl Call {
    /// Everyone listens, from now or again.
    pub(super) fn settle_in(&mut self, stage: &mut Stage) {
        for number in self.present() {
            self.listens(number, stage);
        }
    }

    /// One listens, from now or again.
    pub(super) fn listens(&self, number: usize, stage: &mut Stage) {
        self.waits(number, stage);
        let due = Due::Call(self.number, Alarm::Fatigue(number));
        if self.participants[number].person.is_impatient() && !stage.agenda.has(due) {
            self.set(Alarm::Fatigue(number), STAYS, stage);
        }
    }

    pub(super) fn people_hear(&mut self, caption: &Caption, stage: &mut Stage) {
        let now = stage.now;
        self.attend(stage, |person| person.prompt_began(&caption.name, &caption.words, now));
    }

    pub(super) fn people_heard(&mut self, completed: bool, stage: &mut Stage) {
        let now = stage.now;
        self.be_patient(stage);
        self.each(stage, |person| person.prompt_ended(completed, now));
    }

    pub(super) fn people_hear_beep(&mut self, stage: &mut Stage) {
        let now = stage.now;
        self.attend(stage, |person| person.recording_began(now));
    }

    pub(super) fn people_recorded(&mut self, was_lost: bool, stage: &mut Stage) {
        self.be_patient(stage);
        self.each(stage, |person| person.recording_ended(was_lost));
    }

    /// What someone had planned for now.
    pub(super) fn act(&mut self, number: usize, stage: &mut Stage) {
        if let Some(deed) = self.participants[number].person.due(stage.now) {
            match deed {
                Deed::Press(key) => self.press(key, stage),
                Deed::Speak(length) => self.speak(number, length, stage),
                Deed::HangUp => self.leave(number, stage),
            }
        }
        if !self.is_over() && self.participants[number].is_here() {
            self.plan(number, stage);
        }
    }

    pub(super) fn give_up(&mut self, number: usize, why: &str, stage: &mut Stage) {
        self.participants[number].person.gives_up(why);
        self.leave(number, stage);
    }

    /// Something was heard, be it silence to its end: the bot is there.
    pub(super) fn be_patient(&self, stage: &mut Stage) {
        for number in self.present() {
            self.waits(number, stage);
        }
    }

    /// Who is in the call, by their numbers.
    pub(super) fn present(&self) -> Vec<usize> {
        let here = self.participants.iter().enumerate().filter(|(_, participant)| participant.is_here());
        here.map(|(number, _)| number).collect()
    }

    /// Nobody's patience runs while something goes on.
    pub(super) fn nobody_waits(&self, stage: &mut Stage) {
        for number in 0..self.participants.len() {
            self.clear(Alarm::Patience(number), stage);
        }
    }

    fn waits(&self, number: usize, stage: &mut Stage) {
        if self.participants[number].person.is_impatient() {
            self.set(Alarm::Patience(number), PATIENCE, stage);
        }
    }

    fn attend(&mut self, stage: &mut Stage, perceive: impl Fn(&mut Person)) {
        self.nobody_waits(stage);
        self.each(stage, perceive);
    }

    fn each(&mut self, stage: &mut Stage, perceive: impl Fn(&mut Person)) {
        for number in self.present() {
            perceive(&mut self.participants[number].person);
            self.plan(number, stage);
        }
    }

    fn plan(&self, number: usize, stage: &mut Stage) {
        let due = Due::Call(self.number, Alarm::Person(number));
        match self.participants[number].person.next_at() {
            Some(at) => stage.agenda.set(due, at),
            None => stage.agenda.clear(due),
        }
    }
}
