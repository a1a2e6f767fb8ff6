//! The bot calls: those it is for are rung, and take the call or do not.

use jiff::SignedDuration;

use super::{Call, Participant, State, arrival::Arrival, departure::Departure, participant::Standing};
use crate::simulator::{
    agenda::Alarm,
    asks::MediaConfig,
    contact::Rung,
    observation::{EndedBy, NotTaken, Seen},
    person::Person,
    stage::Stage,
};

/// How long someone is rung who does not react.
const RUNG_FOR: SignedDuration = SignedDuration::from_secs(60);

/// What a placed call goes through until someone takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placing {
    Asked,
    Establishing,
    Ringing,
}

impl Call {
    /// The platform has the call. A hurried one is told of at once, before the reply.
    pub(crate) fn place(&mut self, media: MediaConfig, is_hurried: bool, stage: &mut Stage) {
        let MediaConfig::ServiceHosted { pre_fetch_media } = media;
        for media in pre_fetch_media.into_iter().flatten() {
            stage.prompt(&media, None);
        }
        self.ledger.placed += 1;
        let to = self.participants.iter().map(|participant| participant.who.id.clone()).collect();
        self.see(Seen::Placed { to }, stage);
        match is_hurried {
            true => self.call_out(stage),
            false => self.wait_to_establish(50..150, stage),
        }
    }

    /// The next thing a placed call goes through. Its first notification may be late but is never lost: without it, and without
    /// the reply, the bot would not know that the call is there.
    pub(super) fn call_out(&mut self, stage: &mut Stage) {
        match self.state {
            State::Placing(Placing::Asked) => {
                self.state = State::Placing(Placing::Establishing);
                let data = self.dialect.call("establishing", &self.chain);
                self.tell("updated", "establishing", self.first_news, data);
                self.wait_to_establish(150..400, stage);
            }
            State::Placing(Placing::Establishing) => {
                self.state = State::Placing(Placing::Ringing);
                for number in 0..self.participants.len() {
                    self.call_one(number, stage);
                }
            }
            _ => {}
        }
    }

    /// Someone is rung, if there is something that can ring.
    pub(super) fn call_one(&mut self, number: usize, stage: &mut Stage) {
        let to = self.participants[number].who.id.clone();
        let rung = stage.ring(&to);
        let wait = match &rung {
            Rung::Answers { after, .. } | Rung::Declines(after) => (*after).min(RUNG_FOR),
            Rung::Ignores | Rung::Led => RUNG_FOR,
            Rung::Busy | Rung::Unreachable => self.moment(300..800),
        };
        if !matches!(rung, Rung::Busy | Rung::Unreachable) {
            self.ledger.rung += 1;
            self.see(Seen::Ringing { to }, stage);
        }
        self.participants[number].person = match &rung {
            Rung::Answers { does, ends, .. } => Person::new(does.clone(), ends.clone()),
            _ => Person::led(),
        };
        self.participants[number].standing = Standing::Rung(rung);
        self.set(Alarm::Rung(number), wait, stage);
    }

    /// Someone who is rung does what they do.
    pub(super) fn rung_out(&mut self, number: usize, stage: &mut Stage) {
        let Standing::Rung(rung) = &self.participants[number].standing else {
            return;
        };
        match rung {
            Rung::Answers { after, .. } if *after <= RUNG_FOR => self.take(number, stage),
            Rung::Declines(after) if *after <= RUNG_FOR => self.pass(number, NotTaken::Declined, stage),
            Rung::Busy => self.pass(number, NotTaken::Busy, stage),
            Rung::Unreachable => self.pass(number, NotTaken::Unreachable, stage),
            Rung::Answers { .. } | Rung::Declines(_) | Rung::Ignores | Rung::Led => {
                self.pass(number, NotTaken::NoAnswer, stage);
            }
        }
    }

    /// The first who is rung takes the call, whatever they were to do. `false`: nobody is rung.
    pub(crate) fn be_answered(&mut self, stage: &mut Stage) -> bool {
        self.first_rung().is_some_and(|number| {
            self.take(number, stage);
            true
        })
    }

    /// The first who is rung declines. `false`: nobody is rung.
    pub(crate) fn be_declined(&mut self, stage: &mut Stage) -> bool {
        self.first_rung().is_some_and(|number| {
            self.pass(number, NotTaken::Declined, stage);
            true
        })
    }

    fn first_rung(&self) -> Option<usize> {
        let is_ringing = |participant: &Participant| match &participant.standing {
            Standing::Rung(rung) => !matches!(rung, Rung::Busy | Rung::Unreachable),
            _ => false,
        };
        self.participants.iter().position(is_ringing)
    }

    /// Someone takes the call; the first makes it stand.
    fn take(&mut self, number: usize, stage: &mut Stage) {
        self.clear(Alarm::Rung(number), stage);
        self.participants[number].standing = Standing::Here;
        self.ledger.taken += 1;
        self.see(Seen::Taken { by: self.participants[number].who.id.clone() }, stage);
        if matches!(self.state, State::Placing(_)) {
            self.state = State::Arriving(Arrival::Establishing);
            self.wait_to_establish(150..400, stage);
        }
    }

    /// Someone does not take it; when nobody is left who might, it is over.
    fn pass(&mut self, number: usize, why: NotTaken, stage: &mut Stage) {
        self.clear(Alarm::Rung(number), stage);
        self.participants[number].standing = Standing::Away;
        let who = &self.participants[number].who;
        let is_phone = who.is_phone();
        self.see(Seen::NotTaken { to: who.id.clone(), why }, stage);
        let is_hopeless = !self.participants.iter().any(Participant::is_coming);
        if is_hopeless && matches!(self.state, State::Placing(_)) {
            self.depart(not_taken(why, is_phone), stage);
        }
    }
}

/// Code, subcode and message of someone not taking a call.
pub(super) fn reason(why: NotTaken, is_phone: bool) -> (u16, u32, &'static str) {
    match why {
        NotTaken::Declined => (603, 0, "The call was declined."),
        NotTaken::Busy if is_phone => (486, 560_486, "The callee is busy."),
        NotTaken::Busy => (486, 0, "The callee is busy."),
        NotTaken::NoAnswer => (487, 10_004, "The call was not answered in time."),
        NotTaken::Unreachable => (480, 10_037, "No endpoint of the callee could be found."),
    }
}

fn not_taken(why: NotTaken, is_phone: bool) -> Departure {
    let (code, subcode, message) = reason(why, is_phone);
    Departure::new(EndedBy::NotTaken, code, subcode, message)
}
