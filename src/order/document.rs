//! The order's document: all that is known of it. One record in the store.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    deed::{Deed, Owed},
    plan::Plan,
};
use crate::call::{Acting, CallKey, Ending, OrderId};

/// One order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// The record's name.
    pub id: OrderId,
    /// What is wanted.
    pub plan: Plan,
    /// What was asked for, hashed, by which a repeated order is told from another one.
    pub request: String,
    /// The calls, in the order in which they were asked for.
    pub rings: Vec<Ring>,
    /// The round, from 1.
    pub round: u8,
    /// Who is next in this round, by their place; the number of people when all were.
    pub next: usize,
    /// Nobody is rung before: a pause between two rounds, or the end of quiet hours.
    pub not_before: Option<Timestamp>,
    /// What it has come to, once nobody is to be rung any more.
    pub conclusion: Option<Conclusion>,
    /// Since when every call of it is over, too.
    pub over_at: Option<Timestamp>,
    /// What is to be done, in number order.
    pub owed: Vec<Owed>,
    /// The next number of something owed.
    pub next_n: u32,
    /// Who does it.
    pub acting: Option<Acting>,
    /// How long the record is kept after the end, in seconds.
    pub kept_for_s: u32,
    /// When it was made.
    pub created: Timestamp,
}

/// One call of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ring {
    /// Who, by their place.
    pub person: usize,
    /// In which round.
    pub round: u8,
    /// The call's key.
    pub call: CallKey,
    /// Since when it is to be placed.
    pub since: Timestamp,
    /// When it is looked at, should it not tell of itself; `None` until it is placed.
    pub look_at: Option<Timestamp>,
    /// When they acknowledged.
    pub acknowledged: Option<Timestamp>,
    /// How it ended.
    pub end: Option<RingEnd>,
}

/// The end of a call of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RingEnd {
    /// When the order learnt of it.
    pub at: Timestamp,
    /// How.
    pub ending: RingEnding,
}

impl RingEnd {
    /// Its name, as the API shows it: the call's outcome, or why there was no call.
    pub fn name(&self) -> &str {
        match &self.ending {
            RingEnding::Call(ending) => ending.name(),
            RingEnding::Refused(why) => why,
            RingEnding::Missing => "missing",
        }
    }
}

/// How a call of an order ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RingEnding {
    /// As the call says.
    Call(Ending),
    /// It was not placed: the limits on calling out do not let it be, by this name of theirs.
    Refused(String),
    /// There is no such call: it was never placed, or is forgotten.
    Missing,
}

/// What an order has come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conclusion {
    /// When.
    pub at: Timestamp,
    /// To what.
    pub how: How,
}

/// To what an order can come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Somebody acknowledged; everybody, where everybody's word is wanted.
    Acknowledged,
    /// Some acknowledged, where everybody's word is wanted.
    Partly,
    /// Nobody did.
    Nobody,
    /// It was stopped.
    Stopped,
}

impl How {
    /// Its name, as the API shows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Acknowledged => "acknowledged",
            Self::Partly => "partly",
            Self::Nobody => "nobody",
            Self::Stopped => "stopped",
        }
    }
}

impl Order {
    /// A new order. It owes nothing yet: its first wake begins it.
    pub fn new(id: OrderId, plan: Plan, request: String, kept_for_s: u32, now: Timestamp) -> Self {
        Self {
            id,
            plan,
            request,
            rings: Vec::new(),
            round: 1,
            next: 0,
            not_before: Some(now),
            conclusion: None,
            over_at: None,
            owed: Vec::new(),
            next_n: 1,
            acting: None,
            kept_for_s,
            created: now,
        }
    }

    /// The first instant at which it must be looked at even if nothing happens; `None` when there is none any more.
    pub fn due_at(&self) -> Option<Timestamp> {
        let free = self.acting.as_ref().map(|acting| acting.until);
        let owed = self.owed.iter().map(|owed| owed.until.max(free).unwrap_or(self.created));
        let looks = self.rings.iter().filter(|ring| ring.is_live()).filter_map(|ring| ring.look_at);
        owed.chain(looks).chain(self.not_before).min()
    }

    /// When the record is to be forgotten; `None` while the order lives.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.over_at.map(|at| later(at, u64::from(self.kept_for_s) * 1000))
    }

    /// The first thing owed that may be tried now.
    pub fn next_deed(&self, now: Timestamp) -> Option<&Owed> {
        self.owed.iter().find(|owed| owed.until.is_none_or(|until| until <= now))
    }

    /// Somebody's time to act is not over.
    pub fn has_actor(&self, now: Timestamp) -> bool {
        self.acting.as_ref().is_some_and(|acting| acting.until > now)
    }

    /// The calls that may be going on.
    pub fn live(&self) -> impl Iterator<Item = &Ring> {
        self.rings.iter().filter(|ring| ring.is_live())
    }

    /// Whether a person has acknowledged.
    pub fn has_acknowledged(&self, person: usize) -> bool {
        self.rings.iter().any(|ring| ring.person == person && ring.acknowledged.is_some())
    }

    /// Who acknowledged first.
    pub fn acknowledged_by(&self) -> Option<&Ring> {
        self.rings.iter().filter(|ring| ring.acknowledged.is_some()).min_by_key(|ring| ring.acknowledged)
    }

    /// The key of the next call: made of the order and the call's place in it, so that no crash makes two of one.
    pub(super) fn next_key(&self) -> CallKey {
        let key = format!("{}_{}", self.id, self.rings.len() + 1);
        CallKey::parse(&key).expect("an id, a dash below and digits are an id")
    }

    /// Takes up something new.
    pub(super) fn owe(&mut self, deed: Deed) {
        self.owed.push(Owed { n: self.next_n, deed, until: None, attempts: 0 });
        self.next_n += 1;
    }
}

impl Ring {
    /// It may be going on.
    pub fn is_live(&self) -> bool {
        self.end.is_none()
    }
}

/// `instant` and some milliseconds; the end of time where that would be beyond it.
pub(super) fn later(instant: Timestamp, ms: u64) -> Timestamp {
    let ms = i64::try_from(ms).unwrap_or(i64::MAX);
    instant.saturating_add(SignedDuration::from_millis(ms)).unwrap_or(Timestamp::MAX)
}
