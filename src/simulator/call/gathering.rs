//! Who comes into a call of several, and who leaves it: told by the roster.

use serde_json::json;

use super::{Call, Kind, State, departure::replaced, visiting::Visit};
use crate::simulator::{
    agenda::Alarm,
    mishaps::Fragility,
    observation::{NotTaken, Seen},
    person::Person,
    stage::{Move, Stage},
};

impl Call {
    /// It is more than a call between two: its people come and leave, and it goes on.
    pub(super) fn is_shared(&self) -> bool {
        !matches!(self.kind, Kind::Two)
    }

    /// Someone is in the call now, with the bot or before it.
    pub(super) fn joins(&mut self, number: usize, stage: &mut Stage) {
        if matches!(self.kind, Kind::Two) {
            self.kind = Kind::Group;
        }
        if self.has_audio() {
            self.listens(number, stage);
        }
        self.tell_roster(stage);
    }

    /// Someone leaves a call that goes on.
    pub(super) fn goes(&mut self, number: usize, seen: Seen, stage: &mut Stage) {
        self.participants[number].leaves();
        for alarm in [Alarm::Person(number), Alarm::Patience(number), Alarm::Fatigue(number), Alarm::Leaves(number)] {
            self.clear(alarm, stage);
        }
        if self.on_hold.as_ref().is_some_and(|on_hold| on_hold.number == number) {
            self.hold_over(stage);
        }
        self.see(seen, stage);
        self.tell_roster(stage);
    }

    /// The whole roster, where the bot is in the call. In a call of several nothing else tells who comes and goes: it is never lost,
    /// and numbered.
    pub(super) fn tell_roster(&mut self, stage: &Stage) {
        if !matches!(self.state, State::Connected | State::Transferring(_)) && !self.is_in_lobby() {
            return;
        }
        if self.visit().is_some_and(Visit::is_unannounced) {
            return;
        }
        self.rosters += 1;
        let fragility = if self.is_shared() { Fragility::Lazy } else { Fragility::Fragile };
        let roster = json!(self.participants(stage));
        self.tell_of("/participants", "updated", "roster", fragility, roster);
    }

    /// It stands, between two.
    pub(crate) fn can_be_replaced(&self) -> bool {
        !self.is_shared() && self.has_audio() && self.present().len() == 1
    }

    /// Another call takes this one's place: its person goes there.
    pub(crate) fn be_replaced(&mut self, stage: &mut Stage) -> Option<Person> {
        let number = self.present().first().copied().filter(|_| self.can_be_replaced())?;
        self.depart(replaced(), stage);
        Some(std::mem::replace(&mut self.participants[number].person, Person::led()))
    }

    /// Someone comes out of another call; or does not, because that has ended.
    pub(crate) fn moved_in(&mut self, arrival: &Move, person: Option<Person>, stage: &mut Stage) {
        match person {
            Some(person) => {
                self.participants[arrival.participant].person = person;
                self.participants[arrival.participant].arrives();
                let who = self.participants[arrival.participant].who.id.clone();
                self.see(Seen::Joined { who }, stage);
                self.invitation_settled(arrival.participant, None, stage);
                self.joins(arrival.participant, stage);
                self.plan(arrival.participant, stage);
            }
            None => self.pass(arrival.participant, NotTaken::Unreachable, stage),
        }
    }
}
