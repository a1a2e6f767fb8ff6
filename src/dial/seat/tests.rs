//! No interleaving of instances lets two calls into a meeting that only one may be in.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::{dial::tally::HELD_MS, graph::join_url};

const THREAD: &str = "19:meeting_x@thread.v2";

fn key(name: &str) -> CallKey {
    CallKey::parse(name).unwrap()
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(1_800_000_000_000 + ms).unwrap()
}

fn ended(ending: Ending) -> Phase {
    Phase::Ended { at: at(0), ending, result: None }
}

fn of_thread(thread: &str) -> Meeting {
    Meeting::Organised {
        organiser: "8a1d2c3b-4a59-4e68-8b7c-9d0e1f2a3b4c".to_owned(),
        tenant: "6f1d2c3b-4a59-4e68-8b7c-9d0e1f2a3b4c".to_owned(),
        thread: thread.to_owned(),
        message: "0".to_owned(),
        reply_to: None,
    }
}

#[test]
fn a_meeting_has_one_seat_for_each_flow_however_it_is_written() {
    let seat = Seat::name("announcer", &of_thread(THREAD));
    let url = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%22Tid%22%3a%226f1d2c3b-4a59-4e68-8b7c-9d0e1f2a3b4c%22%2c%22Oid%22%3a%229b2e3d4c-5b6a-4f79-9c8d-0e1f2a3b4c5d%22%7d";
    assert_eq!(Seat::name("announcer", &join_url::parse(url).unwrap()), seat);
    assert_ne!(Seat::name("other", &of_thread(THREAD)), seat);
    assert_ne!(Seat::name("announcer", &of_thread("19:meeting_y@thread.v2")), seat);
    let numbered =
        |passcode: &str| join_url::parse(&format!("https://teams.microsoft.com/meet/2345678901?p={passcode}")).unwrap();
    assert_eq!(Seat::name("announcer", &numbered("a1")), Seat::name("announcer", &numbered("b2")));
}

#[test]
fn a_seat_is_free_again_as_its_flow_and_the_end_of_its_call_have_it() {
    let seat = Seat { call: key("a"), at: at(0) };
    for (ending, once) in [(Ending::BotHungUp, false), (Ending::Gone, false), (Ending::NoAnswer, true), (Ending::NotPlaced, true)]
    {
        assert_eq!(seat.is_free(Some(&ended(ending)), Joins::Once, at(1)), once, "{ending:?}");
        assert!(seat.is_free(Some(&ended(ending)), Joins::OneAtATime, at(1)), "{ending:?}");
    }
    let ending = Phase::HangingUp { ended_by: at(9), ending: Ending::BotHungUp };
    assert!(!seat.is_free(Some(&ending), Joins::OneAtATime, at(3_600_000)));
    assert!(!seat.is_free(None, Joins::Once, at(59_999)), "its document may yet be made");
    assert!(seat.is_free(None, Joins::Once, at(60_000)));
}

/// What one instance does next.
#[derive(Debug, Clone)]
enum Doing {
    Nothing,
    /// It has a place in the tally, to be used until then.
    Reserved(CallKey, i64),
    /// It has read the seat, at this version.
    Read(CallKey, i64, Option<Seat>, u32),
    /// It has the seat.
    Sits(CallKey, i64),
}

/// Instances that share a store, and the calls that they have placed.
struct World {
    joins: Joins,
    ms: i64,
    seat: Option<Seat>,
    version: u32,
    doing: BTreeMap<usize, Doing>,
    /// Since when each call is there, and how it ended and when.
    calls: BTreeMap<CallKey, (i64, Option<(i64, Ending)>)>,
}

#[derive(Debug, Clone)]
enum Move {
    Begins(usize, u8),
    GoesOn(usize),
    Dies(usize),
    Ends(u8, Ending),
    Passes(i64),
}

impl World {
    fn new(joins: Joins) -> Self {
        Self { joins, ms: 0, seat: None, version: 0, doing: BTreeMap::new(), calls: BTreeMap::new() }
    }

    fn make(&mut self, a_move: Move) {
        match a_move {
            Move::Begins(who, n) if matches!(self.doing.get(&who), None | Some(Doing::Nothing)) => {
                let call = key(&format!("order{n}"));
                if !self.calls.contains_key(&call) {
                    let until = self.ms + i64::try_from(HELD_MS).unwrap();
                    self.doing.insert(who, Doing::Reserved(call, until));
                }
            }
            Move::Begins(..) => {}
            Move::GoesOn(who) => {
                let doing = self.doing.remove(&who).unwrap_or(Doing::Nothing);
                let next = self.next(doing);
                self.doing.insert(who, next);
            }
            Move::Dies(who) => drop(self.doing.remove(&who)),
            Move::Ends(n, ending) => {
                let ms = self.ms;
                if let Some((_, ended)) = self.calls.values_mut().nth(n.into()) {
                    ended.get_or_insert((ms, ending));
                }
            }
            Move::Passes(ms) => self.ms += ms,
        }
    }

    fn next(&mut self, doing: Doing) -> Doing {
        match doing {
            Doing::Nothing => Doing::Nothing,
            Doing::Reserved(call, until) => Doing::Read(call, until, self.seat.clone(), self.version),
            Doing::Read(call, until, seat, version) => {
                let stands = seat.map_or(Stands::Free, |seat| self.stands(&seat, &call));
                match (stands, version == self.version) {
                    (Stands::Ours, _) => Doing::Sits(call, until),
                    (Stands::Taken, _) => Doing::Nothing,
                    (Stands::Free, false) => Doing::Reserved(call, until),
                    (Stands::Free, true) => {
                        (self.seat, self.version) = (Some(Seat { call: call.clone(), at: at(self.ms) }), version + 1);
                        Doing::Sits(call, until)
                    }
                }
            }
            Doing::Sits(call, until) => {
                if self.ms < until {
                    self.calls.entry(call).or_insert((self.ms, None));
                }
                Doing::Nothing
            }
        }
    }

    fn stands(&self, seat: &Seat, call: &CallKey) -> Stands {
        let its_call = self.calls.get(&seat.call).map(|(_, ended_so)| match ended_so {
            Some((_, ending)) => ended(*ending),
            None => Phase::HangingUp { ended_by: at(0), ending: Ending::BotHungUp },
        });
        seat.stands(call, its_call.as_ref(), self.joins, at(self.ms))
    }

    /// How many calls were in the meeting, or still are.
    fn in_it(&self) -> usize {
        self.calls.values().filter(|(_, ended)| ended.is_none_or(|(_, ending)| was_in(ending))).count()
    }

    fn most_at_once(&self) -> usize {
        let there = |ms: i64| move |(from, to): &&(i64, Option<(i64, Ending)>)| *from <= ms && to.is_none_or(|(to, _)| to > ms);
        self.calls.values().map(|(from, _)| self.calls.values().filter(there(*from)).count()).max().unwrap_or_default()
    }
}

fn a_move() -> impl Strategy<Value = Move> {
    let ending = prop_oneof![Just(Ending::BotHungUp), Just(Ending::NoAnswer)];
    prop_oneof![
        3 => (0..4_usize, 0..12_u8).prop_map(|(who, n)| Move::Begins(who, n)),
        8 => (0..4_usize).prop_map(Move::GoesOn),
        1 => (0..4_usize).prop_map(Move::Dies),
        1 => (0..8_u8, ending).prop_map(|(n, ending)| Move::Ends(n, ending)),
        2 => prop_oneof![1..3_000_i64, 3_000..30_000_i64, 50_000..70_000_i64].prop_map(Move::Passes),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_interleaving_of_instances_lets_two_calls_in_where_one_may_be(
        moves in prop::collection::vec(a_move(), 0..200),
        is_once in any::<bool>(),
    ) {
        let mut world = World::new(if is_once { Joins::Once } else { Joins::OneAtATime });
        for a_move in moves {
            world.make(a_move);
        }
        prop_assert!(world.most_at_once() <= 1, "{:?}", world.calls);
        prop_assert!(!is_once || world.in_it() <= 1, "{:?}", world.calls);
    }
}

/// The world above is not so tight that nothing happens in it.
#[test]
fn a_world_in_which_all_goes_well_lets_one_call_in_after_the_other() {
    let mut world = World::new(Joins::OneAtATime);
    for n in 0..3 {
        for a_move in [Move::Begins(0, n), Move::GoesOn(0), Move::GoesOn(0), Move::GoesOn(0), Move::Ends(n, Ending::BotHungUp)] {
            world.make(a_move);
        }
    }
    assert_eq!(world.calls.len(), 3);
}
