//! One simulated call: its state, and how it tells the bot of it.
//!
//! Reading order: [`arrival`], [`media`], [`operation`], [`recording`], [`tones`], [`transfer`], [`redirect`], [`departure`], [`view`], then [`behaviour`], the
//! caller in it, and [`asked`], the bot's requests.

mod arrival;
mod asked;
mod behaviour;
mod departure;
mod media;
mod operation;
mod recording;
mod redirect;
mod tones;
mod transfer;
mod view;

use std::collections::BTreeMap;

use jiff::SignedDuration;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use self::{arrival::Arrival, departure::Departure, media::Media, transfer::Handover};
use super::{
    agenda::{Alarm, Due},
    dialect::{Dialect, envelope},
    ledger::Ledger,
    letter::{Letter, Purpose},
    mishaps::{Fate, Fragility, Mishaps},
    observation::Seen,
    person::{Person, later},
    script::{Caller, Script},
    shelf::uuid,
    stage::Stage,
};

/// A call and everything that is its own.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) number: usize,
    pub(crate) id: String,
    pub(crate) ledger: Ledger,
    chain: String,
    caller: Caller,
    instance: Option<String>,
    people: BTreeMap<String, super::script::Person>,
    person: Person,
    dialect: Dialect,
    pub(crate) mishaps: Option<Mishaps>,
    rng: ChaCha8Rng,
    state: State,
    /// Where notifications go.
    callback: String,
    bot_participant: String,
    caller_participant: String,
    media: Media,
    is_subscribed: bool,
    tone_sequence: i64,
    /// `resultInfo` of a transfer that failed.
    last_failure: Value,
    tray: Vec<Item>,
}

/// Where a call stands.
#[derive(Debug)]
enum State {
    /// Rings.
    Incoming,
    /// Answered; what comes next.
    Arriving(Arrival),
    /// Stands, with audio.
    Connected,
    /// Being sent elsewhere, unanswered; how that comes out.
    Redirecting(Departure),
    /// Being handed to someone.
    Transferring(Handover),
    /// Over; the last notification is not sent yet.
    Terminating(Departure),
    /// Over.
    Ended,
}

/// A notification that is not posted yet.
#[derive(Debug)]
struct Item {
    kind: String,
    fragility: Fragility,
    purpose: Purpose,
    value: Value,
}

impl Call {
    pub(crate) fn new(number: usize, script: Script, stage: &Stage) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(stage.setup.seed);
        rng.set_stream(number as u64 + 1);
        let someone = uuid(&mut rng);
        Self {
            number,
            id: uuid(&mut rng),
            ledger: Ledger::default(),
            chain: uuid(&mut rng),
            caller: script.caller.unwrap_or(Caller::User { id: someone, name: "Caller".to_owned() }),
            instance: script.instance,
            people: script.people,
            person: Person::new(script.does, script.ends),
            dialect: Dialect::new(&mut rng),
            mishaps: stage.setup.mishaps.map(|seed| Mishaps::new(seed, number)),
            state: State::Incoming,
            callback: stage.setup.webhook.clone(),
            bot_participant: uuid(&mut rng),
            caller_participant: uuid(&mut rng),
            media: Media::default(),
            is_subscribed: false,
            tone_sequence: rng.random_range(2..=9),
            last_failure: Value::Null,
            tray: Vec::new(),
            rng,
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        matches!(self.state, State::Terminating(_) | State::Ended)
    }

    pub(crate) fn is_ringing(&self) -> bool {
        matches!(self.state, State::Incoming)
    }

    /// Something is due.
    pub(crate) fn alarm(&mut self, alarm: Alarm, stage: &mut Stage) {
        match alarm {
            Alarm::Unacknowledged => self.unacknowledged(stage),
            Alarm::Unanswered => self.unanswered(stage),
            Alarm::Establish => self.establish(stage),
            Alarm::Media => self.step_ended(stage),
            Alarm::Caller => self.act(stage),
            Alarm::Patience => self.give_up("heard nothing new for 100 s", stage),
            Alarm::Fatigue => self.give_up("was on the line for an hour", stage),
            Alarm::Transfer => self.hand_over(stage),
            Alarm::Redirect => self.sent_on(stage),
            Alarm::Ending => self.end(stage),
            Alarm::KeepAlive => self.not_kept_alive(stage),
        }
    }

    fn set(&self, alarm: Alarm, after: SignedDuration, stage: &mut Stage) {
        let at = later(stage.now, after);
        stage.agenda.set(Due::Call(self.number, alarm), at);
    }

    fn clear(&self, alarm: Alarm, stage: &mut Stage) {
        stage.agenda.clear(Due::Call(self.number, alarm));
    }

    fn see(&self, what: Seen, stage: &mut Stage) {
        stage.observe(&self.id, what);
    }

    fn moment(&mut self, ms: std::ops::Range<i64>) -> SignedDuration {
        SignedDuration::from_millis(self.rng.random_range(ms))
    }

    /// Lays a notification about the call itself on the tray.
    fn tell(&mut self, change: &str, kind: &str, fragility: Fragility, data: Value) {
        self.tell_of("", change, kind, fragility, data);
    }

    /// Lays a notification about a part of the call on the tray.
    fn tell_of(&mut self, tail: &str, change: &str, kind: &str, fragility: Fragility, data: Value) {
        self.tray.push(Item {
            kind: kind.to_owned(),
            fragility,
            purpose: Purpose::Update,
            value: self.dialect.item(&self.id, tail, change, data),
        });
    }

    /// Posts what lies on the tray: in one batch, or each by itself at the same time.
    pub(crate) fn post_all(&mut self, stage: &mut Stage) {
        let mut batch = Vec::new();
        for item in std::mem::take(&mut self.tray) {
            let fate = self.fate(&item, stage);
            for (copy, delay) in fate.delays.into_iter().enumerate() {
                let joins = self.dialect.is_batched && item.purpose == Purpose::Update;
                if copy == 0 && delay.is_zero() && joins {
                    batch.push(item.value.clone());
                    continue;
                }
                let letter = self.letter(vec![item.value.clone()], item.purpose);
                stage.post(letter, delay);
            }
        }
        if !batch.is_empty() {
            let letter = self.letter(batch, Purpose::Update);
            stage.post(letter, SignedDuration::ZERO);
        }
    }

    fn fate(&mut self, item: &Item, stage: &mut Stage) -> Fate {
        let Some(mishaps) = &mut self.mishaps else {
            return Fate::kind();
        };
        let fate = mishaps.notification(&item.kind, item.fragility);
        let what = match fate.delays.as_slice() {
            [] => "dropped".to_owned(),
            [delay] if delay.is_zero() => return fate,
            [delay] => format!("{} ms late", delay.as_millis()),
            copies => format!("posted {} times", copies.len()),
        };
        let kind = format!("notification {}: {what}", item.kind);
        self.see(Seen::Mishap { kind }, stage);
        fate
    }

    fn letter(&self, mut items: Vec<Value>, purpose: Purpose) -> Letter {
        Letter {
            call: self.number,
            url: self.callback.clone(),
            body: match purpose {
                Purpose::Legacy => items.pop().unwrap_or_default(),
                Purpose::Incoming | Purpose::Update => envelope(items),
            },
            purpose,
            failures: 0,
        }
    }
}
