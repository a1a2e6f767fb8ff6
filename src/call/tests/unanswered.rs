//! A call that is declined or sent elsewhere instead of being answered, and one that is answered sooner than need be.

use super::told::*;
use crate::{
    call::*,
    flow::{Answer, Flow, Redirect, Reject, RejectReason, Step, Whom},
};

/// The flow of [`a_flow`], which begins with this step.
fn begins_with(step: Step) -> Flow {
    let mut flow = a_flow();
    flow.steps.insert("first".to_owned(), step);
    flow.steps.insert("busy".to_owned(), Step::Reject(Reject { reason: RejectReason::Busy }));
    Flow { start: "first".to_owned(), ..flow }
}

fn sent_on() -> Told {
    let redirect = Redirect {
        to: vec![Whom::User("0f3a9c52-7d41-4be6-8a15-2c9e60d7b314".parse().unwrap())],
        timeout_s: 20,
        failed: "welcome".to_owned(),
    };
    Told::rings_on(begins_with(Step::Redirect(redirect)))
}

fn ended(code: i64) -> Event {
    Event::CallEnded { result: Some(ResultInfo { code, subcode: 0, message: String::new() }) }
}

#[test]
fn a_call_that_is_declined_is_never_answered() {
    let mut told = Told::rings_on(begins_with(Step::Reject(Reject { reason: RejectReason::Busy })));
    assert_eq!((told.step(), told.owes()), ("hanging_up", vec!["reject"]));
    told.all_done().when(Event::CallEnded { result: None });
    assert_eq!(told.ending(), Some(Ending::Rejected));
}

#[test]
fn a_call_that_is_answered_cannot_be_declined_and_is_ended() {
    let mut told = Told::in_menu();
    told.flow.steps.insert("sales".to_owned(), Step::Reject(Reject { reason: RejectReason::None }));
    told.presses('1', 1);
    assert_eq!(told.owes(), ["hang_up"]);
}

#[test]
fn a_call_that_somebody_else_takes_ends_as_sent_elsewhere() {
    let mut told = sent_on();
    assert_eq!((told.step(), told.owes()), ("first", vec!["redirect"]));
    told.all_done().when(updated(CallState::Redirecting, None, None)).when(updated(CallState::Terminated, None, None));
    assert_eq!(told.step(), "first");
    told.when(ended(0));
    assert_eq!(told.ending(), Some(Ending::Redirected));
}

#[test]
fn a_call_that_nobody_takes_is_over() {
    let mut told = sent_on();
    told.all_done().when(ended(487));
    assert_eq!(told.ending(), Some(Ending::CallerHungUp));
}

#[test]
fn a_call_that_graph_does_not_send_on_still_rings_and_the_flow_goes_on() {
    let mut told = sent_on();
    told.first_comes_to(refused("7507", false));
    assert_eq!((told.step(), told.owes()), ("ringing", vec!["answer"]));
    told.all_done().when(audible());
    assert_eq!(told.step(), "welcome");
}

#[test]
fn a_redirect_of_which_nobody_knows_is_looked_at_and_asked_for_again_only_if_the_call_still_rings() {
    let mut told = sent_on();
    told.first_comes_to(Outcome::Unknown);
    assert_eq!(told.call.owed[0].state, OwedState::Doubtful);
    let redirecting = Update { state: Some(CallState::Redirecting), ..Update::default() };
    told.first_comes_to(Outcome::Found(Found::Call(redirecting)));
    assert!(told.owes().is_empty());
}

#[test]
fn a_redirect_of_which_nothing_is_heard_is_looked_at() {
    let mut told = sent_on();
    told.all_done().later(31).when(Event::Wake);
    assert_eq!(told.owes(), ["get_call"]);
    told.first_comes_to(Outcome::Found(Found::Gone));
    assert_eq!(told.ending(), Some(Ending::Redirected));
}

#[test]
fn a_call_listens_at_the_webhook_until_it_is_taken() {
    assert!(sent_on().call.is_untaken());
    assert!(Told::rings_on(begins_with(Step::Reject(Reject { reason: RejectReason::Busy }))).call.is_untaken());
    assert!(!Told::in_menu().call.is_untaken());
}

#[test]
fn a_call_may_be_answered_before_it_comes_to_a_step_that_is_heard() {
    let mut told = Told::rings_on(begins_with(Step::Answer(Answer { then: "welcome".to_owned() })));
    assert_eq!((told.step(), told.owes()), ("ringing", vec!["answer"]));
    told.all_done().when(audible());
    assert_eq!(told.step(), "welcome");
}
