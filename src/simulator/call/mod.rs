//! One simulated call: its state, and how it tells the bot of it.
//!
//! Reading order: [`arrival`], [`placing`], [`visiting`], [`gathering`], [`inviting`], [`moderating`], [`media`], [`operation`], [`recording`], [`tones`], [`transfer`], [`redirect`], [`departure`], [`view`], then [`participant`] and
//! [`behaviour`], the people in it, and [`asked`], the bot's requests.

mod arrival;
mod asked;
mod behaviour;
mod departure;
mod gathering;
mod inviting;
mod media;
mod moderating;
mod operation;
mod participant;
mod placing;
mod recording;
mod redirect;
mod tones;
mod transfer;
mod view;
mod visiting;

pub(crate) use self::{arrival::TOKEN, asked::Asking};

use std::collections::BTreeMap;

use jiff::SignedDuration;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use self::{
    arrival::Arrival, departure::Departure, inviting::Invitation, media::Media, moderating::OnHold, participant::Participant,
    placing::Placing, transfer::Handover, visiting::Visit,
};
use super::{
    agenda::{Alarm, Due},
    asks::{Create, Target},
    contact::{Rung, SOON},
    dialect::{Dialect, envelope},
    ledger::Ledger,
    letter::{Letter, Purpose},
    meeting::Meeting,
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
    origin: Origin,
    kind: Kind,
    /// Whom a transfer reaches, besides the contacts; and whether its failure says what they did.
    people: BTreeMap<String, Rung>,
    fine_transfers: bool,
    /// Everyone who is, was or may come to be in it, besides the bot.
    participants: Vec<Participant>,
    invitations: Vec<Invitation>,
    on_hold: Option<OnHold>,
    /// The bot is not heard.
    is_muted: bool,
    /// How many rosters were told.
    rosters: i64,
    dialect: Dialect,
    pub(crate) mishaps: Option<Mishaps>,
    rng: ChaCha8Rng,
    state: State,
    /// Where notifications go.
    callback: String,
    bot_participant: String,
    media: Media,
    is_subscribed: bool,
    tone_sequence: i64,
    /// How safe the first notification of a call is that the bot has placed.
    pub(crate) first_news: Fragility,
    /// `resultInfo` of a transfer that failed.
    last_failure: Value,
    tray: Vec<Item>,
}

/// How a call came about.
#[derive(Debug)]
enum Origin {
    /// Someone called the bot, or this application instance.
    Incoming { instance: Option<String> },
    /// The bot placed it, perhaps as an application instance; the body of its request.
    Placed { instance: Option<String>, called: Vec<String>, body: Value },
}

/// Who can be in a call.
#[derive(Debug)]
enum Kind {
    /// The bot and one person.
    Two,
    /// The bot and several.
    Group,
    Meeting(Box<Visit>),
}

/// Where a call stands.
#[derive(Debug)]
enum State {
    /// Placed by the bot; nobody has taken it yet.
    Placing(Placing),
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
    /// Someone calls the bot.
    pub(crate) fn new(number: usize, script: Script, stage: &Stage) -> Self {
        let mut rng = of_call(number, stage);
        let someone = uuid(&mut rng);
        let mut call = Self::blank(number, rng, Origin::Incoming { instance: script.instance }, stage);
        let caller = script.caller.unwrap_or(Caller::User { id: someone, name: "Caller".to_owned() });
        let id = uuid(&mut call.rng);
        call.participants.push(Participant::caller(id, caller, Person::caller(script.does, script.ends)));
        call.tone_sequence = call.rng.random_range(2..=9);
        call.people = script.people;
        call.fine_transfers = script.fine_transfers;
        call
    }

    /// The bot calls someone.
    pub(crate) fn placed(number: usize, ask: &Create, targets: Vec<Target>, body: Value, stage: &Stage) -> Self {
        let called = targets.iter().map(|target| target.id.clone()).collect();
        let origin = Origin::Placed { instance: ask.instance().map(str::to_owned), called, body };
        let mut call = Self::blank(number, of_call(number, stage), origin, stage);
        call.state = State::Placing(Placing::Asked);
        call.callback.clone_from(&ask.callback_uri);
        call.tone_sequence = call.rng.random_range(2..=9);
        if targets.len() > 1 {
            call.kind = Kind::Group;
        }
        for who in targets {
            let id = uuid(&mut call.rng);
            call.participants.push(Participant::called(id, stage.named(who)));
        }
        call
    }

    /// The bot joins a meeting.
    pub(crate) fn joining(number: usize, ask: &Create, meeting: Meeting, body: Value, stage: &Stage) -> Self {
        let info = body["meetingInfo"].clone();
        let mut call = Self::placed(number, ask, Vec::new(), body, stage);
        for attendee in &meeting.people {
            let id = uuid(&mut call.rng);
            call.participants.push(Participant::attendee(id, attendee));
        }
        call.kind = Kind::Meeting(Box::new(Visit::new(meeting, info)));
        call
    }

    fn blank(number: usize, mut rng: ChaCha8Rng, origin: Origin, stage: &Stage) -> Self {
        Self {
            number,
            id: uuid(&mut rng),
            ledger: Ledger::default(),
            chain: uuid(&mut rng),
            origin,
            people: BTreeMap::new(),
            fine_transfers: false,
            kind: Kind::Two,
            participants: Vec::new(),
            invitations: Vec::new(),
            on_hold: None,
            is_muted: false,
            rosters: 0,
            dialect: Dialect::new(&mut rng),
            mishaps: stage.setup.mishaps.map(|seed| Mishaps::new(seed, number)),
            state: State::Incoming,
            callback: stage.setup.webhook.clone(),
            bot_participant: uuid(&mut rng),
            media: Media::default(),
            is_subscribed: false,
            tone_sequence: 0,
            first_news: Fragility::Lazy,
            last_failure: Value::Null,
            tray: Vec::new(),
            rng,
        }
    }

    /// Where notifications of it go.
    pub(crate) fn callback(&self) -> &str {
        &self.callback
    }

    /// Whom the bot has called, or the thread of the meeting that it joined; `None` for a call that came in.
    pub(crate) fn placed_to(&self) -> Option<Vec<String>> {
        let Origin::Placed { called, .. } = &self.origin else {
            return None;
        };
        Some(self.visit().map_or_else(|| called.clone(), |visit| vec![visit.thread().to_owned()]))
    }

    /// The application instance that was called, or that calls.
    fn instance(&self) -> Option<&String> {
        match &self.origin {
            Origin::Incoming { instance } | Origin::Placed { instance, .. } => instance.as_ref(),
        }
    }

    fn is_placed(&self) -> bool {
        matches!(self.origin, Origin::Placed { .. })
    }

    /// What someone does to whom the call is handed: as its script says, else as the contacts say. Nobody can be led then.
    fn reaction(&self, id: &str, stage: &mut Stage) -> Rung {
        let known = self.people.iter().find(|(known, _)| known.eq_ignore_ascii_case(id));
        match known.map_or_else(|| stage.ring(id), |(_, rung)| rung.clone()) {
            Rung::Led => Rung::answers(SOON),
            rung => rung,
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        matches!(self.state, State::Terminating(_) | State::Ended)
    }

    /// Somebody besides the bot is in it.
    pub(crate) fn has_people(&self) -> bool {
        self.participants.iter().any(Participant::is_here)
    }

    pub(crate) fn is_ringing(&self) -> bool {
        matches!(self.state, State::Incoming)
    }

    /// Something is due.
    pub(crate) fn alarm(&mut self, alarm: Alarm, stage: &mut Stage) {
        match alarm {
            Alarm::Unacknowledged => self.unacknowledged(stage),
            Alarm::Unanswered => self.unanswered(stage),
            Alarm::Establish if matches!(self.state, State::Placing(_)) => self.call_out(stage),
            Alarm::Establish => self.establish(stage),
            Alarm::Media => self.step_ended(stage),
            Alarm::Person(number) => self.act(number, stage),
            Alarm::Patience(number) => self.give_up(number, "heard nothing new for 100 s", stage),
            Alarm::Fatigue(number) => self.give_up(number, "was on the line for an hour", stage),
            Alarm::Rung(number) => self.rung_out(number, stage),
            Alarm::Comes(number) => self.comes(number, stage),
            Alarm::Leaves(number) => self.leaves_again(number, stage),
            Alarm::Lobby => self.leaves_lobby(stage),
            Alarm::PutOut => self.depart(departure::put_out(), stage),
            Alarm::Hold => self.hold_started(),
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

/// The luck of a call, its own whatever others do.
fn of_call(number: usize, stage: &Stage) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(stage.setup.seed);
    rng.set_stream(number as u64 + 1);
    rng
}
