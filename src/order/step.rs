//! The step: what an event makes of an order.

use jiff::Timestamp;

use super::{
    deed::Deed,
    document::{Conclusion, How, Order, Ring, RingEnd, RingEnding, later},
    event::Event,
    plan::Mode,
};
use crate::call::{CallKey, Report};

/// How long nothing may be heard of a call before it is looked at, in milliseconds.
pub(super) const LOOK_AFTER_MS: u64 = 3 * 60_000;

/// One event, one step. Total and pure: every event has an answer whenever it comes, and the same order, event and time give the same.
///
/// What it leads to is in the order it yields, numbered and owed ([`Order::owed`]), so that saving the one saves the other.
pub fn step(order: Order, event: &Event, now: Timestamp) -> Order {
    let mut moment = Moment { order, now };
    match event {
        Event::Wake => moment.look(),
        Event::Told { call, report } => moment.told(call, report),
        Event::StopAsked => moment.conclude(How::Stopped),
        Event::Settled { n, outcome } => moment.settled(*n, outcome),
    }
    moment.go_on();
    moment.order
}

/// An order, and the time.
pub(super) struct Moment {
    pub(super) order: Order,
    pub(super) now: Timestamp,
}

impl Moment {
    /// A call has come to something. Told again, or too late, it says nothing new.
    pub(super) fn told(&mut self, call: &CallKey, report: &Report) {
        let Some(ring) = self.order.rings.iter_mut().find(|ring| ring.call == *call) else { return };
        // It is there, so it need not be placed.
        self.order.owed.retain(|owed| !matches!(&owed.deed, Deed::Place { call: placed } if placed == call));
        ring.look_at = ring.look_at.or(Some(later(self.now, LOOK_AFTER_MS)));
        if ring.acknowledged.is_none() && report.acknowledged.is_some() {
            ring.acknowledged = report.acknowledged;
            let ring = ring.clone();
            self.notify_acknowledged(&ring);
        }
        if let Some(ending) = report.ending {
            self.ended(call, RingEnding::Call(ending));
        }
    }

    /// A call is over. There may be room for another one that had to wait.
    pub(super) fn ended(&mut self, call: &CallKey, ending: RingEnding) {
        let Some(ring) = self.order.rings.iter_mut().find(|ring| ring.call == *call && ring.is_live()) else { return };
        ring.end = Some(RingEnd { at: self.now, ending });
        self.order.owed.retain(|owed| owed.deed.call() != Some(call));
        for owed in self.order.owed.iter_mut().filter(|owed| matches!(owed.deed, Deed::Place { .. })) {
            owed.until = None;
        }
    }

    /// Looks at the calls of which nothing was heard for long.
    fn look(&mut self) {
        let (now, again) = (self.now, later(self.now, LOOK_AFTER_MS));
        let mut silent = Vec::new();
        for ring in self.order.rings.iter_mut().filter(|ring| ring.is_live() && ring.look_at.is_some_and(|at| at <= now)) {
            ring.look_at = Some(again);
            silent.push(ring.call.clone());
        }
        for call in silent {
            let is_owed = self.order.owed.iter().any(|owed| matches!(&owed.deed, Deed::Look { call: other } if *other == call));
            if !is_owed {
                self.order.owe(Deed::Look { call });
            }
        }
    }

    /// Rings whoever is next, or comes to a conclusion.
    fn go_on(&mut self) {
        if self.order.conclusion.is_none() {
            self.ring_on();
        }
        let is_over = self.order.conclusion.is_some() && self.order.live().next().is_none();
        if is_over && self.order.over_at.is_none() {
            self.order.over_at = Some(self.now);
            self.notify_over();
        }
    }

    fn ring_on(&mut self) {
        let people = self.order.plan.people.len();
        loop {
            if self.is_achieved() {
                return self.conclude(How::Acknowledged);
            }
            let (mode, is_one_live) = (self.order.plan.mode, self.order.live().next().is_some());
            if is_one_live && (mode == Mode::InTurn || self.order.next >= people) {
                return;
            }
            if self.order.next >= people {
                if self.order.round >= self.order.plan.rounds {
                    return self.conclude(self.without_all());
                }
                self.order.round += 1;
                self.order.next = 0;
                self.order.not_before = Some(later(self.now, u64::from(self.order.plan.pause_s) * 1000));
            }
            match self.may_ring_at() {
                Some(at) if at > self.now => return self.order.not_before = Some(at),
                Some(_) => self.order.not_before = None,
                None => return self.conclude(self.without_all()),
            }
            self.ring(self.order.next);
            self.order.next += 1;
        }
    }

    /// When somebody may be rung at the earliest; `None`: never.
    fn may_ring_at(&self) -> Option<Timestamp> {
        let from = self.order.not_before.map_or(self.now, |at| at.max(self.now));
        self.order.plan.quiet.as_ref().map_or(Some(from), |quiet| quiet.over_at(from))
    }

    /// Rings a person, unless they have acknowledged already.
    fn ring(&mut self, person: usize) {
        if self.order.has_acknowledged(person) {
            return;
        }
        let call = self.order.next_key();
        let (round, since) = (self.order.round, self.now);
        self.order.rings.push(Ring { person, round, call: call.clone(), since, look_at: None, acknowledged: None, end: None });
        self.order.owe(Deed::Place { call });
    }

    fn is_achieved(&self) -> bool {
        match self.order.plan.stop_at_first {
            true => self.order.acknowledged_by().is_some(),
            false => (0..self.order.plan.people.len()).all(|person| self.order.has_acknowledged(person)),
        }
    }

    /// To what it comes when nobody is left to be rung.
    fn without_all(&self) -> How {
        match self.order.acknowledged_by() {
            Some(_) => How::Partly,
            None => How::Nobody,
        }
    }

    /// Nobody is rung any more, and calls that still go on are told why, or ended.
    fn conclude(&mut self, how: How) {
        if self.order.conclusion.is_some() {
            return;
        }
        self.order.conclusion = Some(Conclusion { at: self.now, how });
        self.order.not_before = None;
        // What was to be placed may have been: so it is told like the others.
        self.order.owed.retain(|owed| !matches!(owed.deed, Deed::Place { .. }));
        let by = self.order.acknowledged_by().map(|ring| self.order.plan.name_of(ring.person)).unwrap_or_default();
        let is_stopped = how == How::Stopped;
        let rest: Vec<CallKey> =
            self.order.live().filter(|ring| is_stopped || ring.acknowledged.is_none()).map(|ring| ring.call.clone()).collect();
        for call in rest {
            self.order.owe(if is_stopped { Deed::End { call } } else { Deed::Tell { call, by: by.clone() } });
        }
        for ring in self.order.rings.iter_mut().filter(|ring| ring.is_live() && ring.look_at.is_none()) {
            ring.look_at = Some(later(self.now, LOOK_AFTER_MS));
        }
    }
}
