//! Calls that the bot places: exactly one, whatever becomes of the replies.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::{told::*, whatever::any_event};
use crate::{call::*, flow::Target};

/// How long somebody is rung, in seconds.
const RING_S: i64 = 40;

/// The bot is to place a call.
fn asked() -> Told {
    let mut told = Told::silent_on(a_flow());
    let placing = Placing {
        targets: vec![Target::User("0f3a9c52-7d41-4be6-8a15-2c9e60d7b314".to_owned())],
        source: None,
        meeting: None,
        ring_s: RING_S as u16,
        request: "a-hash".to_owned(),
        tries: Vec::new(),
    };
    let terms = Terms {
        tenant: "a-tenant".to_owned(),
        flow: "front_desk".to_owned(),
        flow_version: "v1".to_owned(),
        secret: CallbackSecret::new(7),
        max_minutes: 240,
        kept_for_s: 3600,
    };
    told.call = Call::placing(CallKey::parse("an-order").unwrap(), placing, [].into(), terms, told.now);
    told.when(Event::Place);
    told
}

fn id(n: u8) -> GraphCallId {
    GraphCallId::parse(&format!("graph-call-{n}")).unwrap()
}

/// Something that came on the callback URL of the `n`th request, about its own call.
fn of(n: u8, event: Event) -> Event {
    Event::OfTry { number: n, call: Some(id(n)), what: Box::new(event) }
}

fn state(state: CallState) -> Event {
    updated(state, None, None)
}

fn ended(code: i64, subcode: i64) -> Event {
    Event::CallEnded { result: Some(ResultInfo { code, subcode, message: String::new() }) }
}

/// What is owed, and to which call.
fn twins_ended(told: &Told) -> Vec<GraphCallId> {
    let twin = |owed: &Owed| match &owed.action {
        Action::HangUpTwin { call } => Some(call.clone()),
        _ => None,
    };
    told.call.owed.iter().filter_map(twin).collect()
}

#[test]
fn a_call_is_asked_for_once_and_its_flow_begins_when_whoever_took_it_can_be_heard() {
    let mut told = asked();
    told.when(Event::Place);
    assert_eq!((told.step(), told.owes()), ("placing", vec!["create_call"]));
    told.first_comes_to(Outcome::Created { call: id(1) });
    told.when(of(1, state(CallState::Establishing))).when(of(1, state(CallState::Established)));
    assert!(told.owes().is_empty());
    told.when(of(1, audible())).when(of(1, audible()));
    assert_eq!((told.step(), told.owes()), ("welcome", vec!["play_prompt", "subscribe_to_tone"]));
    assert_eq!(told.call.graph_id, Some(id(1)));
}

#[test]
fn a_notification_that_overtakes_the_reply_finds_its_call_and_the_reply_then_says_nothing_new() {
    let mut told = asked();
    let n = told.call.owed[0].n;
    told.when(of(1, audible()));
    assert_eq!((told.call.graph_id.clone(), told.step()), (Some(id(1)), "welcome"));
    let before = told.call.clone();
    told.when(Event::ActionSettled { n, outcome: Outcome::Created { call: id(1) } });
    assert_eq!(told.call, before);
}

#[test]
fn a_request_of_which_nobody_knows_is_made_again_only_when_a_minute_brought_no_word_of_the_call() {
    let mut told = asked();
    told.first_comes_to(Outcome::Unknown);
    assert_eq!((told.owes(), told.call.next_request(told.now)), (vec!["create_call"], None));
    told.later(59);
    assert_eq!(told.call.next_request(told.now), None);
    told.later(1);
    let again = told.call.next_request(told.now).expect("it is asked for again");
    assert!(matches!(again.action, Action::CreateCall { number: 2, .. }), "{again:?}");
}

#[test]
fn word_of_a_call_whose_reply_was_lost_ends_the_asking() {
    let mut told = asked();
    told.first_comes_to(Outcome::Unknown);
    told.later(30).when(of(1, state(CallState::Establishing)));
    assert_eq!((told.owes(), told.call.graph_id.clone()), (vec![], Some(id(1))));
}

/// Asked twice, since the first request was not answered; both calls exist.
fn twice() -> Told {
    let mut told = asked();
    told.first_comes_to(Outcome::Unknown);
    told.later(61).first_comes_to(Outcome::Created { call: id(2) });
    told
}

#[test]
fn of_two_calls_the_one_that_nobody_has_taken_is_ended() {
    let mut told = twice();
    told.when(of(2, state(CallState::Establishing))).when(of(1, state(CallState::Established)));
    assert_eq!((twins_ended(&told), told.call.graph_id.clone()), (vec![id(2)], Some(id(1))));
    let mut told = twice();
    told.when(of(2, state(CallState::Established))).when(of(1, state(CallState::Establishing)));
    assert_eq!((twins_ended(&told), told.call.graph_id.clone()), (vec![id(1)], Some(id(2))));
}

#[test]
fn of_two_calls_that_are_alike_the_later_is_ended() {
    let mut told = twice();
    told.when(of(1, state(CallState::Establishing)));
    assert_eq!((twins_ended(&told), told.call.graph_id.clone()), (vec![id(2)], Some(id(1))));
    let mut told = twice();
    told.when(of(2, audible())).when(of(1, audible()));
    assert_eq!((twins_ended(&told), told.call.graph_id.clone()), (vec![id(2)], Some(id(1))));
}

#[test]
fn what_the_ended_one_of_two_calls_still_tells_changes_nothing() {
    let mut told = twice();
    told.when(of(1, audible())).all_done();
    let before = told.call.phase.clone();
    told.when(of(2, audible())).when(of(2, ended(0, 7000)));
    assert_eq!(told.call.phase, before);
    assert_eq!(told.call.graph_id, Some(id(1)));
}

#[test]
fn how_a_call_ended_that_nobody_took_is_what_graph_says() {
    let codes = [
        (603, 0, Ending::Declined),
        (486, 0, Ending::Busy),
        (487, 10_004, Ending::NoAnswer),
        (480, 10_037, Ending::Unreachable),
        (500, 7000, Ending::NotTaken),
    ];
    for (code, subcode, ending) in codes {
        let mut told = asked();
        told.first_comes_to(Outcome::Created { call: id(1) });
        told.when(of(1, state(CallState::Establishing))).when(of(1, ended(code, subcode)));
        assert_eq!(told.ending(), Some(ending), "{code}/{subcode}");
    }
}

#[test]
fn whom_the_bot_called_hangs_up() {
    let mut told = asked();
    told.first_comes_to(Outcome::Created { call: id(1) }).when(of(1, audible())).all_done();
    told.when(of(1, ended(200, 5002)));
    assert_eq!(told.ending(), Some(Ending::CalledHungUp));
}

#[test]
fn a_call_that_nobody_takes_in_time_is_ended_to_the_second() {
    let mut told = asked();
    told.later(3).first_comes_to(Outcome::Created { call: id(1) });
    let until = told.now + SignedDuration::from_secs(RING_S);
    assert_eq!(acting::wake_at(&told.call, told.now), Some(until));
    told.later(RING_S - 1).when(Event::Wake);
    assert_eq!(told.step(), "placing");
    told.later(1).when(Event::Wake);
    assert_eq!((told.step(), told.owes()), ("hanging_up", vec!["hang_up"]));
    told.all_done().when(of(1, ended(0, 7000)));
    assert_eq!(told.ending(), Some(Ending::NoAnswer));
}

#[test]
fn a_call_that_graph_will_not_place_is_over() {
    let mut told = asked();
    told.first_comes_to(refused("7504", false));
    assert_eq!((told.ending(), told.owes()), (Some(Ending::NotPlaced), vec![]));
}

#[test]
fn a_call_of_which_no_word_ever_comes_is_asked_for_four_times_and_given_up() {
    let mut told = asked();
    for _ in 0..4 {
        assert_eq!(told.call.next_request(told.now).map(|owed| owed.action.kind()), Some("create_call"));
        told.first_comes_to(Outcome::Unknown).later(60);
    }
    told.when(Event::Wake);
    assert_eq!((told.ending(), told.owes()), (Some(Ending::NotPlaced), vec![]));
}

#[test]
fn a_call_that_turns_up_after_it_was_given_up_is_ended() {
    let mut told = asked();
    told.first_comes_to(Outcome::Unknown).when(Event::EndAsked);
    assert_eq!((told.step(), told.owes()), ("hanging_up", vec![]));
    told.later(10).when(of(1, state(CallState::Establishing)));
    assert_eq!(told.owes(), ["hang_up"]);
    let mut told = asked();
    told.first_comes_to(Outcome::Unknown).when(Event::EndAsked).later(61).when(Event::Wake);
    assert_eq!(told.ending(), Some(Ending::CalledOff));
    told.when(of(1, state(CallState::Established)));
    assert_eq!(told.owes(), ["hang_up"]);
}

#[test]
fn an_actor_that_vanished_while_it_asked_leaves_a_minute_for_word_of_the_call() {
    let mut told = asked();
    told.when(Event::ActorLost { before: u32::MAX });
    assert_eq!((told.owes(), told.call.next_request(told.now)), (vec!["create_call"], None));
    told.when(of(1, state(CallState::Establishing)));
    assert!(told.owes().is_empty());
}

#[test]
fn a_request_that_was_never_sent_or_is_throttled_is_made_again_without_another_callback() {
    let mut told = asked();
    told.first_comes_to(Outcome::NotSent).later(2);
    assert!(matches!(told.call.next_request(told.now).unwrap().action, Action::CreateCall { number: 1, .. }));
    let until = told.now + SignedDuration::from_secs(7);
    told.first_comes_to(Outcome::Throttled { until }).later(7);
    assert!(matches!(told.call.next_request(told.now).unwrap().action, Action::CreateCall { number: 1, .. }));
}

/// Whatever a placed call may be told.
fn any_word() -> impl Strategy<Value = Event> {
    let created =
        (1_u32..8, 1_u8..4).prop_map(|(n, call)| Event::ActionSettled { n, outcome: Outcome::Created { call: id(call) } });
    let end = prop_oneof![Just(ended(603, 0)), Just(ended(487, 10_004)), Just(ended(200, 5002))];
    prop_oneof![
        8 => (1_u8..4, any_event()).prop_map(|(n, event)| of(n, event)),
        2 => (1_u8..4, end).prop_map(|(n, event)| of(n, event)),
        4 => any_event(),
        2 => created,
        1 => Just(Event::EndAsked),
        1 => Just(Event::Place),
        1 => Just(Event::Steered { name: "approved".to_owned(), data: [].into() }),
    ]
}

proptest! {
    /// Whatever happens in whatever order: no panic, always a next time to look until it is over, and of all calls that there are at
    /// Graph the bot goes on with one and has ended, or ends, every other.
    #[test]
    fn no_order_of_events_leaves_two_calls_where_one_was_wanted(
        events in proptest::collection::vec((any_word(), 0_i64..40), 0..60),
    ) {
        let mut told = asked();
        for (event, seconds) in events {
            told.later(seconds).when(event);
            prop_assert!(told.call.phase.is_over() || told.call.due_at().is_some(), "{:?}", told.call.phase);
            let placing = told.call.placing.as_ref().expect("it was placed");
            let stray = |tried: &&Try| tried.graph_id.is_some() && tried.graph_id != told.call.graph_id && !tried.is_over;
            prop_assert_eq!(placing.tries.iter().find(stray), None);
        }
        let again = serde_json::to_string(&told.call).unwrap();
        prop_assert_eq!(serde_json::from_str::<Call>(&again).unwrap(), told.call);
    }
}
