//! No interleaving of instances places more calls than allowed.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const LIMITS: Limits = Limits { per_minute: 4, per_month: 12, at_once: 3 };

const DAY_MS: i64 = 86_400_000;

fn key(name: &str) -> CallKey {
    CallKey::parse(name).unwrap()
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(1_800_000_000_000 + ms).unwrap()
}

fn taken(tally: &Tally, name: &str, ms: i64) -> Tally {
    tally.take(&key(name), at(ms), LIMITS).unwrap().tally
}

#[test]
fn the_same_call_takes_one_place_however_often_it_asks() {
    let once = taken(&Tally::default(), "a", 0);
    let twice = once.take(&key("a"), at(4_999), LIMITS).unwrap();
    assert_eq!((&twice.tally, twice.until), (&once, at(5_000)));
    let late = once.take(&key("a"), at(5_000), LIMITS).unwrap();
    assert_eq!((late.tally.live().count(), late.until), (1, at(10_000)), "a place that was not used in time is taken anew");
}

#[test]
fn who_is_refused_is_told_when_there_is_a_place_again() {
    let mut tally = Tally::default();
    for (name, ms) in [("a", 0), ("b", 1_000), ("c", 2_000), ("d", 3_000)] {
        tally = taken(&tally, name, ms).without(&[key(name)].into());
    }
    let again = at(65_000);
    assert_eq!(tally.take(&key("e"), at(4_000), LIMITS), Err(Refusal::TooFast { again }));
    assert!(tally.take(&key("e"), again, LIMITS).is_ok());
    let fewer = Limits { per_minute: 2, ..LIMITS };
    assert_eq!(tally.take(&key("e"), at(4_000), fewer), Err(Refusal::TooFast { again: at(67_000) }));
}

#[test]
fn a_call_that_is_not_over_keeps_its_place() {
    let mut tally = Tally::default();
    for name in ["a", "b", "c"] {
        tally = taken(&tally, name, 0);
    }
    assert_eq!(tally.take(&key("d"), at(3_600_000), LIMITS), Err(Refusal::TooMany));
    assert!(tally.without(&[key("b")].into()).take(&key("d"), at(3_600_000), LIMITS).is_ok());
    assert!(!tally.is_over(&key("a"), None, at(59_999)), "its document may yet be made");
    assert!(tally.is_over(&key("a"), None, at(60_000)));
}

#[test]
fn a_month_that_is_spent_is_over_when_the_next_one_begins() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let limits = Limits { per_month: 2, ..LIMITS };
    let mut tally = Tally::default();
    for (name, when) in [("a", "2026-11-03T10:00:00Z"), ("b", "2026-11-30T23:59:00Z")] {
        tally = tally.take(&key(name), at(when), limits).unwrap().tally.without(&[key(name)].into());
    }
    let again = at("2026-12-01T00:00:00Z");
    assert_eq!(tally.take(&key("c"), at("2026-11-30T23:59:59Z"), limits), Err(Refusal::MonthSpent { again }));
    assert!(tally.take(&key("c"), again, limits).is_ok());
    let before: Tally = serde_json::from_str("{\"places\":[]}").unwrap();
    assert_eq!(before, Tally::default(), "a tally that was kept before months were counted");
}

/// What one instance does next.
#[derive(Debug, Clone)]
enum Doing {
    Nothing,
    /// It has read the tally, at this version.
    Read(CallKey, Tally, u32),
    /// It has read the tally, and which of its calls are over.
    Looked(CallKey, Tally, u32, BTreeSet<CallKey>),
    /// It has a place.
    Holds(CallKey, Timestamp),
}

/// Instances that share a store, and the calls that they have placed.
#[derive(Default)]
struct World {
    ms: i64,
    tally: Tally,
    version: u32,
    doing: BTreeMap<usize, Doing>,
    /// When each call was placed, and when it ended.
    calls: BTreeMap<CallKey, (i64, Option<i64>)>,
}

#[derive(Debug, Clone)]
enum Move {
    /// An instance begins with an order.
    Begins(usize, u8),
    /// An instance takes its next step.
    GoesOn(usize),
    /// An instance is killed.
    Dies(usize),
    /// A call ends.
    Ends(u8),
    Passes(i64),
}

impl World {
    fn make(&mut self, a_move: Move) {
        match a_move {
            Move::Begins(who, n) if matches!(self.doing.get(&who), None | Some(Doing::Nothing)) => {
                let call = key(&format!("order{n}"));
                if !self.calls.contains_key(&call) {
                    self.doing.insert(who, Doing::Read(call, self.tally.clone(), self.version));
                }
            }
            Move::Begins(..) => {}
            Move::GoesOn(who) => {
                let doing = self.doing.remove(&who).unwrap_or(Doing::Nothing);
                let next = self.next(doing);
                self.doing.insert(who, next);
            }
            Move::Dies(who) => drop(self.doing.remove(&who)),
            Move::Ends(n) => {
                let ms = self.ms;
                if let Some((_, ended)) = self.calls.values_mut().nth(n.into()) {
                    ended.get_or_insert(ms);
                }
            }
            Move::Passes(ms) => self.ms += ms,
        }
    }

    fn next(&mut self, doing: Doing) -> Doing {
        match doing {
            Doing::Nothing => Doing::Nothing,
            Doing::Read(call, tally, version) => match tally.take(&call, at(self.ms), LIMITS) {
                Ok(taken) => self.put(call, taken, version),
                Err(Refusal::TooMany) => {
                    let over = tally.live().filter(|key| self.is_over(&tally, key)).cloned().collect();
                    Doing::Looked(call, tally, version, over)
                }
                Err(_) => Doing::Nothing,
            },
            Doing::Looked(call, tally, version, over) => match tally.without(&over).take(&call, at(self.ms), LIMITS) {
                Ok(taken) => self.put(call, taken, version),
                Err(_) => Doing::Nothing,
            },
            Doing::Holds(call, until) => {
                if at(self.ms) < until {
                    self.calls.entry(call).or_insert((self.ms, None));
                }
                Doing::Nothing
            }
        }
    }

    fn is_over(&self, tally: &Tally, key: &CallKey) -> bool {
        match self.calls.get(key) {
            Some((_, ended)) => ended.is_some(),
            None => tally.is_over(key, None, at(self.ms)),
        }
    }

    /// The write takes effect on the version that was read alone.
    fn put(&mut self, call: CallKey, taken: Taken, version: u32) -> Doing {
        if version != self.version {
            return Doing::Read(call, self.tally.clone(), self.version);
        }
        (self.tally, self.version) = (taken.tally, version + 1);
        Doing::Holds(call, taken.until)
    }

    fn most_at_once(&self) -> usize {
        let at_once = |ms: i64| self.calls.values().filter(|(from, to)| *from <= ms && to.is_none_or(|to| to > ms)).count();
        self.calls.values().map(|(from, _)| at_once(*from)).max().unwrap_or_default()
    }

    fn most_in_a_month(&self) -> usize {
        let month = |ms: i64| at(ms).to_zoned(TimeZone::UTC).first_of_month().unwrap().date();
        let in_it = |ms: i64| self.calls.values().filter(|(from, _)| month(*from) == month(ms)).count();
        self.calls.values().map(|(from, _)| in_it(*from)).max().unwrap_or_default()
    }

    fn most_in_a_minute(&self) -> usize {
        let within = |ms: i64| self.calls.values().filter(|(from, _)| (ms..ms + 60_000).contains(from)).count();
        self.calls.values().map(|(from, _)| within(*from)).max().unwrap_or_default()
    }
}

fn a_move() -> impl Strategy<Value = Move> {
    prop_oneof![
        3 => (0..4_usize, 0..40_u8).prop_map(|(who, n)| Move::Begins(who, n)),
        6 => (0..4_usize).prop_map(Move::GoesOn),
        1 => (0..4_usize).prop_map(Move::Dies),
        2 => (0..8_u8).prop_map(Move::Ends),
        2 => prop_oneof![1..3_000_i64, 3_000..30_000_i64, 50_000..70_000_i64, DAY_MS..20 * DAY_MS].prop_map(Move::Passes),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_interleaving_of_instances_places_more_calls_than_allowed(moves in prop::collection::vec(a_move(), 0..200)) {
        let mut world = World::default();
        for a_move in moves {
            world.make(a_move);
        }
        prop_assert!(world.most_at_once() <= LIMITS.at_once, "{:?}", world.calls);
        prop_assert!(world.most_in_a_month() <= LIMITS.per_month as usize, "{:?}", world.calls);
        prop_assert!(world.most_in_a_minute() <= LIMITS.per_minute, "{:?}", world.calls);
    }
}

/// The world above is not so tight that nothing happens in it.
#[test]
fn a_world_in_which_all_goes_well_places_as_many_calls_as_allowed() {
    let mut world = World::default();
    for n in 0..5 {
        for a_move in [Move::Begins(0, n), Move::GoesOn(0), Move::GoesOn(0), Move::GoesOn(0), Move::Passes(1_000)] {
            world.make(a_move);
        }
    }
    assert_eq!(world.most_at_once(), LIMITS.at_once);
}
