//! The tally of calls that are placed: how many within a minute and a month, how many at once.
//!
//! A place in it is taken before a call's document is made. It is used within [`HELD_MS`], or not at all: so no two calls of one
//! minute are ever further apart in the tally than in truth. A call that is over is found by its document, when the tally is full:
//! so no word of an end can be lost.

use std::collections::BTreeSet;

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::allow::Refusal;
use crate::{
    call::{Call, CallKey},
    clock::after_ms,
};

/// How long after it was taken a place may be used, in milliseconds.
pub const HELD_MS: u64 = 5_000;

/// How long after it was taken a place without a call is free again, in milliseconds: much longer than it may be used.
pub const FORSAKEN_MS: u64 = 60_000;

/// How long a place counts for the calls of a minute, in milliseconds: the minute, and as long as it may be used.
const COUNTS_MS: u64 = 60_000 + HELD_MS;

/// How many calls there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Within any 60 seconds.
    pub per_minute: usize,
    /// Within a calendar month, in UTC.
    pub per_month: u32,
    /// At once.
    pub at_once: usize,
}

/// The places that are taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    places: Vec<Place>,
    #[serde(default)]
    month: Month,
}

/// How many places have been taken in a month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Month {
    /// When the next one begins; `None` before the first place.
    until: Option<Timestamp>,
    taken: u32,
}

/// A place that is taken by a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    call: CallKey,
    at: Timestamp,
    /// The call is not known to be over.
    is_live: bool,
}

/// A place that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The tally with it.
    pub tally: Tally,
    /// Until when it may be used.
    pub until: Timestamp,
}

impl Tally {
    /// Takes a place for a call, or finds the one that it has.
    ///
    /// # Errors
    /// [`Refusal`] where there is none.
    pub fn take(&self, call: &CallKey, now: Timestamp, limits: Limits) -> Result<Taken, Refusal> {
        let held = |place: &Place| after_ms(place.at, HELD_MS);
        if let Some(place) = self.places.iter().find(|place| place.call == *call && now < held(place)) {
            return Ok(Taken { tally: self.clone(), until: held(place) });
        }
        // Clocks differ a little: what was written last is never later than what is written now.
        let now = self.places.iter().map(|place| place.at).fold(now, Timestamp::max);
        let counts = |place: &&Place| after_ms(place.at, COUNTS_MS) > now;
        let mut places: Vec<Place> =
            self.places.iter().filter(|place| place.call != *call && (place.is_live || counts(place))).cloned().collect();
        let mut minute: Vec<Timestamp> = places.iter().filter(counts).map(|place| place.at).collect();
        minute.sort_unstable();
        if let Some(first) = minute.len().checked_sub(limits.per_minute) {
            return Err(Refusal::TooFast { again: after_ms(minute[first], COUNTS_MS) });
        }
        if places.iter().filter(|place| place.is_live).count() >= limits.at_once {
            return Err(Refusal::TooMany);
        }
        let month = self.month_at(now);
        if let (Some(again), true) = (month.until, month.taken >= limits.per_month) {
            return Err(Refusal::MonthSpent { again });
        }
        let place = Place { call: call.clone(), at: now, is_live: true };
        let until = held(&place);
        places.push(place);
        Ok(Taken { tally: Self { places, month: Month { taken: month.taken + 1, ..month } }, until })
    }

    /// The calls that are not known to be over.
    pub fn live(&self) -> impl Iterator<Item = &CallKey> {
        self.places.iter().filter(|place| place.is_live).map(|place| &place.call)
    }

    /// Whether a call that is in the tally has no place any more: it is over, or there is none and will be none.
    pub fn is_over(&self, key: &CallKey, stored: Option<&Call>, now: Timestamp) -> bool {
        let is_forsaken = |place: &Place| place.call == *key && after_ms(place.at, FORSAKEN_MS) <= now;
        match stored {
            Some(call) => call.phase.is_over(),
            None => self.places.iter().any(is_forsaken),
        }
    }

    /// The same, where these calls are over. They still count for their minute.
    #[must_use]
    pub fn without(&self, over: &BTreeSet<CallKey>) -> Self {
        let known = |place: &Place| Place { is_live: place.is_live && !over.contains(&place.call), ..place.clone() };
        Self { places: self.places.iter().map(known).collect(), ..*self }
    }

    /// The month that this instant is in: the one that is counted, or a new one, in which the last places of the old one may be used.
    fn month_at(&self, now: Timestamp) -> Month {
        match self.month.until {
            Some(until) if now < until => self.month,
            until => {
                let last = self.places.iter().filter(|place| until.is_some_and(|until| after_ms(place.at, HELD_MS) > until));
                Month { until: Some(next_month(now)), taken: last.count().try_into().unwrap_or(u32::MAX) }
            }
        }
    }
}

/// When the month after this instant's begins, in UTC.
fn next_month(now: Timestamp) -> Timestamp {
    let next =
        now.to_zoned(TimeZone::UTC).last_of_month().and_then(|last| last.tomorrow()).and_then(|first| first.start_of_day());
    next.map_or(Timestamp::MAX, |first| first.timestamp())
}

#[cfg(test)]
mod tests;
