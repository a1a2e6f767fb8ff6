//! What holds of every order, and what some do.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    call::{self, CallKey, Ending, Hook, OrderId, Report},
    flow::{Calendar, Target},
};

/// An order to which things happen.
struct Told {
    order: Order,
    now: Timestamp,
}

impl Told {
    fn of(plan: Plan) -> Self {
        let now = "2026-11-24T12:00:00Z".parse().unwrap();
        let order = Order::new(OrderId::parse("abc").unwrap(), plan, "hash".to_owned(), 60, now);
        Self { order, now }.when(Event::Wake)
    }

    fn when(mut self, event: Event) -> Self {
        self.order = step(self.order, &event, self.now);
        self
    }

    fn later(mut self, seconds: i64) -> Self {
        self.now += SignedDuration::from_secs(seconds);
        self
    }

    /// Everything owed is done at once, as it is when nothing goes wrong.
    fn all_done(mut self) -> Self {
        while let Some(owed) = self.order.next_deed(self.now).cloned() {
            let outcome = match owed.deed {
                Deed::Notify { .. } => Outcome::Sent(call::Outcome::Done { operation: None }),
                Deed::Look { .. } => Outcome::Found(Report::default()),
                _ => Outcome::Done,
            };
            self = self.when(Event::Settled { n: owed.n, outcome });
        }
        self
    }

    fn ends(self, ring: usize, ending: Ending) -> Self {
        self.tells(ring, Report { acknowledged: None, ending: Some(ending) })
    }

    fn acknowledges(self, ring: usize) -> Self {
        let report = Report { acknowledged: Some(self.now), ending: None };
        self.tells(ring, report)
    }

    fn tells(self, ring: usize, report: Report) -> Self {
        let call = self.order.rings[ring].call.clone();
        self.when(Event::Told { call, report })
    }

    /// Who has been rung so far, by their places.
    fn rung(&self) -> Vec<usize> {
        self.order.rings.iter().map(|ring| ring.person).collect()
    }

    fn owes(&self) -> Vec<&'static str> {
        self.order.owed.iter().map(|owed| owed.deed.kind()).collect()
    }

    fn how(&self) -> Option<How> {
        self.order.conclusion.as_ref().map(|conclusion| conclusion.how)
    }
}

fn people(count: usize) -> Plan {
    let person = |n: usize| Person { name: Some(format!("P{n}")), target: Target::User(format!("user-{n}")) };
    Plan {
        flow: "alarm".to_owned(),
        flow_version: "v1".to_owned(),
        people: (0..count).map(person).collect(),
        source: None,
        mode: Mode::InTurn,
        rounds: 1,
        ring_s: 30,
        pause_s: 60,
        stop_at_first: true,
        quiet: None,
        variables: [].into(),
        notify: None,
    }
}

fn hook() -> Option<Hook> {
    Some(Hook { name: "desk".to_owned(), url: None })
}

#[test]
fn one_after_the_other_is_rung_until_somebody_acknowledges() {
    let told = Told::of(people(3)).all_done();
    assert_eq!(told.rung(), [0]);
    let told = told.ends(0, Ending::NoAnswer).all_done();
    assert_eq!(told.rung(), [0, 1]);
    let told = told.ends(1, Ending::Declined).all_done().acknowledges(2);
    assert_eq!((told.rung(), told.how()), (vec![0, 1, 2], Some(How::Acknowledged)));
    assert_eq!((told.order.over_at, told.owes()), (None, vec![]), "the call itself goes on");
    let told = told.ends(2, Ending::BotHungUp);
    assert!(told.order.over_at.is_some() && told.order.due_at().is_none());
}

#[test]
fn all_at_once_are_rung_and_the_others_are_told() {
    let told = Told::of(Plan { mode: Mode::AtOnce, ..people(3) });
    assert_eq!((told.rung(), told.owes()), (vec![0, 1, 2], vec!["place"; 3]));
    let told = told.all_done().acknowledges(1);
    let told_of: Vec<_> = told.order.owed.iter().map(|owed| owed.deed.clone()).collect();
    let tell = |ring: usize| Deed::Tell { call: told.order.rings[ring].call.clone(), by: "P1".to_owned() };
    assert_eq!(told_of, [tell(0), tell(2)]);
}

#[test]
fn a_round_is_followed_by_another_after_a_pause() {
    let told = Told::of(Plan { rounds: 2, ..people(1) }).all_done().later(30).ends(0, Ending::NoAnswer);
    let second = told.now + SignedDuration::from_secs(60);
    assert_eq!((told.rung(), told.order.due_at()), (vec![0], Some(second)));
    let told = told.later(59).when(Event::Wake);
    assert_eq!(told.rung(), [0]);
    let told = told.later(1).when(Event::Wake).all_done().ends(1, Ending::Busy);
    assert_eq!((told.rung(), told.how()), (vec![0, 0], Some(How::Nobody)));
    assert!(told.order.over_at.is_some());
}

#[test]
fn where_everybodys_word_is_wanted_who_has_given_it_is_not_rung_again() {
    let plan = Plan { stop_at_first: false, rounds: 2, pause_s: 0, notify: hook(), ..people(2) };
    let told = Told::of(plan).all_done().acknowledges(0);
    assert_eq!(told.owes(), ["notify"]);
    let told = told.ends(0, Ending::BotHungUp).all_done().ends(1, Ending::NoAnswer).all_done();
    assert_eq!(told.rung(), [0, 1, 1]);
    let told = told.ends(2, Ending::Busy);
    assert_eq!(told.how(), Some(How::Partly));
}

#[test]
fn what_is_told_twice_or_in_another_order_counts_once() {
    let both = Report { acknowledged: Some("2026-11-24T12:00:10Z".parse().unwrap()), ending: Some(Ending::BotHungUp) };
    let told = Told::of(Plan { notify: hook(), ..people(2) }).all_done().later(20).tells(0, both);
    assert_eq!((told.how(), told.owes()), (Some(How::Acknowledged), vec!["notify", "notify"]));
    let before = told.order.clone();
    let told = told.later(5).tells(0, both).acknowledges(0).ends(0, Ending::Gone);
    assert_eq!(told.order, before);
}

#[test]
fn a_limit_puts_off_what_is_to_be_placed_until_there_is_room() {
    let told = Told::of(Plan { mode: Mode::AtOnce, ..people(3) });
    let until = told.now + SignedDuration::from_secs(10);
    let told = told.when(Event::Settled { n: 1, outcome: Outcome::Done });
    let told = told.when(Event::Settled { n: 2, outcome: Outcome::PutOff { until } });
    assert_eq!((told.order.next_deed(told.now), told.order.due_at()), (None, Some(until)));
    let told = told.ends(0, Ending::Busy);
    assert_eq!(told.order.next_deed(told.now).map(|owed| owed.n), Some(2), "a call that ends makes room");
}

#[test]
fn a_limit_that_never_gives_way_is_an_end_too() {
    let mut told = Told::of(people(1));
    for _ in 0..7 {
        let until = told.now + SignedDuration::from_mins(10);
        let n = told.order.owed[0].n;
        told = told.when(Event::Settled { n, outcome: Outcome::PutOff { until } });
        told = told.later(600);
        if told.how().is_some() {
            break;
        }
    }
    assert_eq!(told.order.rings[0].end.as_ref().unwrap().ending, RingEnding::Refused("limits".to_owned()));
    assert_eq!(told.how(), Some(How::Nobody));
}

#[test]
fn whom_the_bot_may_not_call_is_passed_over() {
    let refused = Outcome::Refused("not_allowed".to_owned());
    let told = Told::of(people(2)).when(Event::Settled { n: 1, outcome: refused });
    assert_eq!(told.rung(), [0, 1]);
}

#[test]
fn an_order_that_is_stopped_ends_its_calls_and_rings_nobody() {
    let told = Told::of(people(2)).all_done().when(Event::StopAsked);
    assert_eq!((told.owes(), told.how()), (vec!["end"], Some(How::Stopped)));
    let told = told.all_done().ends(0, Ending::CalledOff);
    assert_eq!(told.rung(), [0]);
    assert!(told.order.over_at.is_some());
}

#[test]
fn a_call_of_which_nothing_is_heard_is_looked_at() {
    let told = Told::of(people(1)).all_done();
    let due = told.order.due_at().unwrap();
    assert_eq!(due - told.now, jiff::Span::new().seconds(180).fieldwise());
    let told = told.later(180).when(Event::Wake);
    assert_eq!(told.owes(), ["look"]);
    let n = told.order.owed[0].n;
    let told = told.when(Event::Settled { n, outcome: Outcome::Missing });
    assert_eq!((told.how(), told.order.over_at), (Some(How::Nobody), Some(told.now)));
}

#[test]
fn nobody_is_rung_in_quiet_hours() {
    let week = Calendar { week: std::array::from_fn(|_| vec![(22 * 60, 7 * 60)]), ..Calendar::default() };
    let plan = Plan { quiet: Some(Quiet { timezone: "Europe/Berlin".to_owned(), week }), ..people(1) };
    let mut told = Told { order: Told::of(plan.clone()).order, now: "2026-03-28T22:30:00Z".parse().unwrap() };
    told.order = Order::new(told.order.id, plan, String::new(), 60, told.now);
    let told = told.when(Event::Wake);
    // That night the clocks go from 2:00 to 3:00.
    assert_eq!((told.rung(), told.order.due_at()), (vec![], Some("2026-03-29T05:00:00Z".parse().unwrap())));
}

#[test]
fn the_outcome_names_who_acknowledged_and_how_each_call_ended() {
    let told = Told::of(people(2)).all_done().ends(0, Ending::Declined).all_done().later(7).acknowledges(1);
    let told = told.ends(1, Ending::BotHungUp);
    let outcome = json!(Account::of(&told.order));
    assert_eq!(outcome["outcome"], "acknowledged");
    assert_eq!(outcome["acknowledged"], json!([{ "person": 2, "name": "P1", "at": "2026-11-24T12:00:07Z", "call": "abc_2" }]));
    assert_eq!(outcome["calls"][0]["ending"], "declined");
    assert!(!outcome.to_string().contains("user-"));
}

fn any_plan() -> impl Strategy<Value = Plan> {
    let quiet = || {
        let week = Calendar { week: std::array::from_fn(|_| vec![(12 * 60 + 5, 13 * 60)]), ..Calendar::default() };
        Quiet { timezone: "UTC".to_owned(), week }
    };
    (1..5_usize, any::<bool>(), 1..4_u8, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        move |(count, at_once, rounds, stop_at_first, is_quiet, tells)| Plan {
            mode: if at_once { Mode::AtOnce } else { Mode::InTurn },
            rounds,
            stop_at_first,
            quiet: is_quiet.then(quiet),
            notify: tells.then(hook).flatten(),
            ..people(count)
        },
    )
}

#[derive(Debug, Clone)]
enum Happens {
    Wakes,
    Settles { which: usize, outcome: Outcome },
    Tells { ring: usize, acknowledged: bool, ended: bool },
    Stops,
}

fn any_outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        6 => Just(Outcome::Done),
        1 => Just(Outcome::Refused("not_allowed".to_owned())),
        1 => Just(Outcome::PutOff { until: "2026-11-24T12:02:00Z".parse().unwrap() }),
        1 => Just(Outcome::Found(Report::default())),
        1 => Just(Outcome::Missing),
        1 => Just(Outcome::Failed),
        1 => Just(Outcome::Sent(call::Outcome::Done { operation: None })),
    ]
}

fn any_happening() -> impl Strategy<Value = Happens> {
    prop_oneof![
        20 => Just(Happens::Wakes),
        60 => (0..4_usize, any_outcome()).prop_map(|(which, outcome)| Happens::Settles { which, outcome }),
        60 => (0..20_usize, prop::bool::weighted(0.2), prop::bool::weighted(0.6))
            .prop_map(|(ring, acknowledged, ended)| Happens::Tells { ring, acknowledged, ended }),
        1 => Just(Happens::Stops),
    ]
}

/// What must hold at every moment; `before` is the order as it was a moment ago.
fn holds(before: &Order, told: &Told) -> Result<(), TestCaseError> {
    let order = &told.order;
    let numbers: Vec<_> = order.owed.iter().map(|owed| owed.n).collect();
    prop_assert!(numbers.is_sorted_by(|a, b| a < b), "numbers out of order: {numbers:?}");
    let keys: std::collections::BTreeSet<&CallKey> = order.rings.iter().map(|ring| &ring.call).collect();
    prop_assert_eq!(keys.len(), order.rings.len(), "two calls of one key");
    prop_assert!(order.rings.len() <= order.plan.people.len() * usize::from(order.plan.rounds), "too often");
    if order.plan.mode == Mode::InTurn {
        prop_assert!(order.live().count() <= 1, "two are rung where they are to be rung in turn");
    }
    for ring in order.live() {
        let others = order.live().filter(|other| other.person == ring.person).count();
        prop_assert_eq!(others, 1, "somebody is rung twice at once");
    }
    let is_new = order.rings.len() > before.rings.len();
    let was_enough = before.conclusion.is_some() || (order.plan.stop_at_first && before.acknowledged_by().is_some());
    prop_assert!(!(is_new && was_enough), "somebody is rung after all was said");
    for ring in &order.rings[before.rings.len()..] {
        prop_assert!(!before.has_acknowledged(ring.person), "somebody is rung who has acknowledged");
        let open = order.plan.quiet.as_ref().map_or(Some(told.now), |quiet| quiet.over_at(told.now));
        prop_assert_eq!(open, Some(told.now), "somebody is rung in quiet hours");
    }
    let places = order.owed.iter().any(|owed| matches!(owed.deed, Deed::Place { .. }));
    prop_assert!(!(places && order.conclusion.is_some()), "somebody is to be rung after the end");
    prop_assert!(order.over_at.is_some() || order.due_at().is_some(), "nothing would ever happen again: {order:?}");
    let again = serde_json::to_value(order).unwrap();
    prop_assert_eq!(&serde_json::from_value::<Order>(again).unwrap(), order);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    /// Whatever is told in whatever order, repeated or lost: never more calls than the mode lets be, nobody rung once all is said, and
    /// when nothing is told any more, each call being looked at is enough for an end.
    #[test]
    fn no_order_of_reports_rings_too_many_or_goes_on_for_ever(
        plan in any_plan(),
        happens in prop::collection::vec((any_happening(), 0_i64..40), 0..60),
    ) {
        let mut told = Told::of(plan);
        for (what, seconds) in happens {
            let before = told.order.clone();
            told = told.later(seconds);
            told = match what {
                Happens::Wakes => told.when(Event::Wake),
                Happens::Stops => told.when(Event::StopAsked),
                Happens::Settles { which, outcome } => match told.order.owed.get(which).map(|owed| owed.n) {
                    Some(n) => told.when(Event::Settled { n, outcome }),
                    None => told,
                },
                Happens::Tells { ring, acknowledged, ended } => match told.order.rings.get(ring % 12) {
                    Some(_) => {
                        let acknowledged = acknowledged.then_some(told.now);
                        told.tells(ring % 12, Report { acknowledged, ending: ended.then_some(Ending::NoAnswer) })
                    }
                    None => told,
                },
            };
            holds(&before, &told)?;
        }
        for _ in 0..200 {
            let Some(due) = told.order.due_at() else { break };
            let before = told.order.clone();
            told.now = told.now.max(due);
            told = told.when(Event::Wake);
            holds(&before, &told)?;
            for owed in told.order.owed.clone() {
                let before = told.order.clone();
                let outcome = match owed.deed {
                    Deed::Look { .. } => Outcome::Found(Report { acknowledged: None, ending: Some(Ending::NoAnswer) }),
                    Deed::Notify { .. } => Outcome::Sent(call::Outcome::Done { operation: None }),
                    _ => Outcome::Done,
                };
                told = told.when(Event::Settled { n: owed.n, outcome });
                holds(&before, &told)?;
            }
        }
        prop_assert!(told.order.over_at.is_some() && told.order.owed.is_empty(), "{:?}", told.order);
    }
}
