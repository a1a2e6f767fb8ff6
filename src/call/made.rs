//! How a call's document is made: of a call that rings, and of one that the bot is to place.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::Timestamp;

use super::{
    document::{AUDIBLE_WITHIN_MS, Call, Direction, later},
    event::{Incoming, Party},
    ids::{CallKey, CallbackSecret},
    journal::Journal,
    phase::Phase,
    placing::{Placing, Reached},
    roster::Company,
};

/// What a new call is told that is not in the notification.
#[derive(Debug, Clone, PartialEq)]
pub struct Terms {
    /// The tenant whose call it is: from the token that signed the notification.
    pub tenant: String,
    /// The flow's name.
    pub flow: String,
    /// The flow's version.
    pub flow_version: String,
    /// The unguessable part of its callback URL.
    pub secret: CallbackSecret,
    /// The longest call, in minutes.
    pub max_minutes: u32,
    /// How long the document is kept after the end, in seconds.
    pub kept_for_s: u32,
}

impl Call {
    /// The document of a call that somebody places to the bot. It owes nothing yet: [`super::step()`] is told of the ring.
    pub fn ringing(incoming: &Incoming, terms: Terms, now: Timestamp) -> Self {
        let phase = Phase::Ringing { audible_by: later(now, AUDIBLE_WITHIN_MS), first: None, by: None };
        Self {
            graph_id: Some(incoming.call.clone()),
            from: incoming.from.clone(),
            to: incoming.to.clone(),
            ..Self::new(CallKey::from(&incoming.call), Direction::Incoming, phase, terms, now)
        }
    }

    /// The document of a call that the bot is to place, with first values for variables of its flow. It owes nothing yet:
    /// [`super::step()`] is told to place it.
    pub fn placing(key: CallKey, placing: Placing, variables: BTreeMap<String, String>, terms: Terms, now: Timestamp) -> Self {
        let party = |kind: &str, id: &String| Party { kind: kind.to_owned(), id: id.clone() };
        Self {
            from: placing.source.as_ref().map(|id| party("applicationInstance", id)),
            to: placing.targets.first().map(Party::from),
            placing: Some(placing),
            variables,
            ..Self::new(key, Direction::Outgoing, Phase::Placing { reached: Reached::Asked, until: now }, terms, now)
        }
    }

    fn new(key: CallKey, direction: Direction, phase: Phase, terms: Terms, now: Timestamp) -> Self {
        Self {
            key,
            secret: terms.secret,
            graph_id: None,
            tenant: terms.tenant,
            direction,
            from: None,
            to: None,
            flow: terms.flow,
            flow_version: terms.flow_version,
            inside: None,
            phase,
            variables: BTreeMap::new(),
            language: None,
            switches: BTreeSet::new(),
            tones: VecDeque::new(),
            last_choice: None,
            stop_key: None,
            menus: Vec::new(),
            operations: Vec::new(),
            failures: 0,
            company: Company::default(),
            owed: Vec::new(),
            next_n: 1,
            acting: None,
            keep_alive_at: None,
            ends_by: later(now, u64::from(terms.max_minutes) * 60_000),
            kept_for_s: terms.kept_for_s,
            recordings: Vec::new(),
            forgotten: Vec::new(),
            cut_off_in: None,
            placing: None,
            part_of: None,
            journal: Journal::default(),
            created: now,
        }
    }
}
