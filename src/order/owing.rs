//! What came of what an order owed, and what is told of it.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    account::{Account, Acknowledgement},
    deed::{Deed, Owed},
    document::{Ring, RingEnding, later},
    event::Outcome,
    step::{LOOK_AFTER_MS, Moment},
};
use crate::call;

/// The event that tells of each acknowledgement.
pub(super) const ACKNOWLEDGED: &str = "switchboard.order.acknowledged";

/// The event that tells of an order's end.
pub(super) const OVER: &str = "switchboard.order.over";

/// How long it is tried to place a call, in milliseconds: limits that are reached, and whatever else keeps it from being placed.
const PLACED_WITHIN_MS: u64 = 60 * 60_000;

/// How often something is tried that does not succeed: with the pauses below, for a day.
const TRIES: u8 = 33;

/// The first pause, in milliseconds; each doubles, up to the longest of its kind.
const FIRST_PAUSE_MS: u64 = 2_000;

/// The longest pause of what concerns a call, in milliseconds.
const LONGEST_PAUSE_MS: u64 = 30_000;

/// The longest pause of a notice, in milliseconds.
const LONGEST_OF_NOTICE_MS: u64 = 3_600_000;

impl Moment {
    /// Something that was owed was tried. What is no longer owed was settled otherwise: its outcome says nothing.
    pub(super) fn settled(&mut self, n: u32, outcome: &Outcome) {
        let Some(owed) = self.order.owed.iter().find(|owed| owed.n == n).cloned() else { return };
        match (&owed.deed, outcome) {
            (Deed::Notify { .. }, outcome) => self.sent(&owed, outcome),
            (Deed::Place { call }, Outcome::Done) => {
                self.paid(n);
                let look_at = Some(later(self.now, LOOK_AFTER_MS));
                self.order.rings.iter_mut().filter(|ring| ring.call == *call).for_each(|ring| ring.look_at = look_at);
            }
            (Deed::Place { call }, Outcome::Refused(why)) => self.ended(call, RingEnding::Refused(why.clone())),
            (Deed::Place { call }, Outcome::PutOff { until }) => match self.is_given_up(call) {
                true => self.ended(call, RingEnding::Refused("limits".to_owned())),
                false => self.put_off_placing(*until),
            },
            (Deed::Place { call }, _) if self.is_given_up(call) => self.ended(call, RingEnding::Refused("failed".to_owned())),
            (Deed::Tell { call, .. } | Deed::End { call } | Deed::Look { call }, Outcome::Missing) => {
                self.ended(call, RingEnding::Missing);
            }
            (Deed::Look { call }, Outcome::Found(report)) => {
                self.paid(n);
                self.told(call, report);
            }
            (_, Outcome::Done | Outcome::Refused(_)) => self.paid(n),
            _ => self.again(&owed, LONGEST_PAUSE_MS),
        }
    }

    fn sent(&mut self, owed: &Owed, outcome: &Outcome) {
        match outcome {
            Outcome::Sent(call::Outcome::Done { .. } | call::Outcome::Refused { .. }) => self.paid(owed.n),
            _ if owed.attempts + 1 >= TRIES => self.paid(owed.n),
            Outcome::Sent(call::Outcome::Throttled { until }) => self.put_off(owed.n, *until, owed.attempts + 1),
            _ => self.again(owed, LONGEST_OF_NOTICE_MS),
        }
    }

    /// A limit holds for every call that is still to be placed.
    fn put_off_placing(&mut self, until: Timestamp) {
        for owed in self.order.owed.iter_mut().filter(|owed| matches!(owed.deed, Deed::Place { .. })) {
            owed.until = Some(until);
        }
    }

    fn is_given_up(&self, call: &call::CallKey) -> bool {
        let ring = self.order.rings.iter().find(|ring| ring.call == *call);
        ring.is_some_and(|ring| later(ring.since, PLACED_WITHIN_MS) <= self.now)
    }

    fn paid(&mut self, n: u32) {
        self.order.owed.retain(|owed| owed.n != n);
    }

    fn again(&mut self, owed: &Owed, longest_ms: u64) {
        let pause = (FIRST_PAUSE_MS << owed.attempts.min(20)).min(longest_ms);
        self.put_off(owed.n, later(self.now, pause), owed.attempts.saturating_add(1));
    }

    fn put_off(&mut self, n: u32, until: Timestamp, attempts: u8) {
        if let Some(owed) = self.order.owed.iter_mut().find(|owed| owed.n == n) {
            owed.until = Some(until);
            owed.attempts = attempts;
        }
    }

    /// Somebody has acknowledged.
    pub(super) fn notify_acknowledged(&mut self, ring: &Ring) {
        let data = json!({ "id": self.order.id, "flow": self.order.plan.flow, "by": Acknowledgement::of(&self.order, ring) });
        self.notify(ACKNOWLEDGED, data);
    }

    /// The order is over, and so is each call of it.
    pub(super) fn notify_over(&mut self) {
        let data = json!(Account::of(&self.order));
        self.notify(OVER, data);
    }

    fn notify(&mut self, event: &str, data: Value) {
        if let Some(hook) = self.order.plan.notify.clone() {
            self.order.owe(Deed::Notify { hook, event: event.to_owned(), at: self.now, data });
        }
    }
}
