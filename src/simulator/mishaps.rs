//! What goes wrong between the platform and the bot, from a seed.
//!
//! The luck of a thing depends on what it is and on how many of its kind came before in the same call, on nothing else: the same
//! seed gives a call the same mishaps, whatever other calls do meanwhile.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

/// At most this many requests of one kind fail in a row.
const IN_A_ROW: u8 = 2;

/// The mishaps of one call.
#[derive(Debug, Clone)]
pub(crate) struct Mishaps {
    seed: u64,
    call: usize,
    counts: BTreeMap<String, u32>,
    in_a_row: BTreeMap<&'static str, u8>,
}

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Misfortune {
    /// 429; nothing is done.
    Throttled { retry_after: u64 },
    /// 500 or 503; nothing is done.
    Broken { status: u16 },
    /// It is done, and the reply never arrives.
    ReplyLost,
}

/// How a notification fares: one delay for each time it is posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fate {
    /// Empty if it is dropped.
    pub(crate) delays: Vec<SignedDuration>,
}

/// What may befall a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fragility {
    /// Repeated only: without it the bot never hears of the call.
    Solid,
    /// Repeated and delayed, never dropped: nothing else tells what it tells.
    Lazy,
    /// Also dropped: what it tells can be asked for, or is noticed in time.
    Fragile,
}

impl Mishaps {
    pub(crate) fn new(seed: u64, call: usize) -> Self {
        Self { seed, call, counts: BTreeMap::new(), in_a_row: BTreeMap::new() }
    }

    /// Whether a request fails. A ringing call is hurried: there at most one of each kind does, and the wait is 1 s.
    pub(crate) fn request(&mut self, route: &'static str, hurried: bool) -> Option<Misfortune> {
        let mut dice = self.dice(route);
        let failed = self.in_a_row.entry(route).or_default();
        let most = if hurried { 1 } else { IN_A_ROW };
        if *failed >= most || !dice.random_bool(0.2) {
            *failed = 0;
            return None;
        }
        *failed += 1;
        let longest = if hurried { 1 } else { 2 };
        Some(match dice.random_range(0..4) {
            0 => Misfortune::Throttled { retry_after: dice.random_range(1..=longest) },
            1 => Misfortune::Broken { status: 500 },
            2 => Misfortune::Broken { status: 503 },
            _ => Misfortune::ReplyLost,
        })
    }

    /// When a notification is posted, and how often.
    pub(crate) fn notification(&mut self, kind: &str, fragility: Fragility) -> Fate {
        let mut dice = self.dice(kind);
        if fragility == Fragility::Fragile && dice.random_bool(0.08) {
            return Fate { delays: Vec::new() };
        }
        let copies = match dice.random_range(0..12) {
            0..=8 => 1,
            9 | 10 => 2,
            _ => 3,
        };
        let mut delays: Vec<_> = (0..copies).map(|_| delay(&mut dice)).collect();
        if fragility == Fragility::Solid {
            delays[0] = SignedDuration::ZERO;
        }
        Fate { delays }
    }

    fn dice(&mut self, kind: &str) -> ChaCha8Rng {
        let count = self.counts.entry(kind.to_owned()).or_default();
        *count += 1;
        let what = format!("{}/{}/{kind}/{count}", self.seed, self.call);
        ChaCha8Rng::from_seed(Sha256::digest(what).into())
    }
}

/// What befalls the placing of calls, by how many were asked for before: there is no call yet.
#[derive(Debug, Clone)]
pub(crate) struct Creates(Mishaps);

/// How a request to place a call fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Luck {
    Good,
    Bad(Misfortune),
    /// It is done, and what is told of it overtakes the reply.
    Late,
}

impl Creates {
    pub(crate) fn new(seed: u64) -> Self {
        // Not the number of any call.
        Self(Mishaps::new(seed, usize::MAX))
    }

    pub(crate) fn create(&mut self) -> Luck {
        let misfortune = self.0.request("create", false);
        let is_late = self.0.dice("late").random_bool(0.2);
        match misfortune {
            Some(misfortune) => Luck::Bad(misfortune),
            None if is_late => Luck::Late,
            None => Luck::Good,
        }
    }
}

impl Fate {
    /// On a kind platform: once, at once.
    pub(crate) fn kind() -> Self {
        Self { delays: vec![SignedDuration::ZERO] }
    }
}

fn delay(dice: &mut ChaCha8Rng) -> SignedDuration {
    if dice.random_bool(0.3) { SignedDuration::from_millis(dice.random_range(1..=2_000)) } else { SignedDuration::ZERO }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_call_have_the_same_mishaps_whatever_comes_between() {
        let (mut one, mut other) = (Mishaps::new(4, 1), Mishaps::new(4, 1));
        other.notification("between", Fragility::Lazy);
        let of_one: Vec<_> = (0..40).map(|_| one.request("answer", false)).collect();
        let of_other: Vec<_> = (0..40).map(|_| other.request("answer", false)).collect();
        assert_eq!(of_one, of_other);
        let mut third = Mishaps::new(5, 1);
        let of_third: Vec<_> = (0..40).map(|_| third.request("answer", false)).collect();
        assert_ne!(of_one, of_third);
    }

    #[test]
    fn no_request_fails_three_times_in_a_row_and_a_hurried_one_not_twice() {
        for (hurried, most) in [(false, 2), (true, 1)] {
            let mut mishaps = Mishaps::new(11, 0);
            let mut in_a_row = 0;
            for _ in 0..2_000 {
                let failed = mishaps.request("playPrompt", hurried).is_some();
                in_a_row = if failed { in_a_row + 1 } else { 0 };
                assert!(in_a_row <= most);
            }
        }
    }

    #[test]
    fn only_what_is_fragile_is_dropped_and_nothing_comes_more_than_three_times_or_two_seconds_late() {
        let mut mishaps = Mishaps::new(3, 0);
        let mut dropped = 0;
        for _ in 0..500 {
            let solid = mishaps.notification("incoming", Fragility::Solid);
            assert_eq!(solid.delays[0], SignedDuration::ZERO);
            assert!(!mishaps.notification("tone", Fragility::Lazy).delays.is_empty());
            let fragile = mishaps.notification("state", Fragility::Fragile);
            dropped += usize::from(fragile.delays.is_empty());
            assert!(fragile.delays.len() <= 3);
            assert!(fragile.delays.iter().all(|delay| *delay <= SignedDuration::from_secs(2)));
        }
        assert!((10..100).contains(&dropped), "{dropped}");
    }
}
