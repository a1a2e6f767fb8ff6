//! How a call begins, and the steps that take no time.

use super::told::*;
use crate::{
    call::*,
    flow::{Flow, Set, Step},
};

/// The flow of [`a_flow`], with a step before its first that sets `variables`.
fn with_set(variables: &[(&str, &str)], then: &str) -> Flow {
    let variables = variables.iter().map(|(name, text)| ((*name).to_owned(), text.parse().unwrap())).collect();
    let mut flow = a_flow();
    flow.steps.insert("opening".to_owned(), Step::Set(Set { variables, then: then.to_owned() }));
    flow.variables = [("customer".to_owned(), "nobody".to_owned())].into();
    Flow { start: "opening".to_owned(), timezone: Some("Europe/Berlin".to_owned()), ..flow }
}

fn variable<'a>(told: &'a Told, name: &str) -> &'a str {
    &told.call.variables[name]
}

#[test]
fn steps_that_take_no_time_run_while_the_call_rings_and_the_first_that_is_heard_answers_it() {
    let told = Told::rings_on(with_set(&[("customer", "somebody")], "welcome"));
    assert_eq!((told.step(), told.owes()), ("ringing", vec!["answer"]));
    assert_eq!(variable(&told, "customer"), "somebody");
    let Action::Answer { prefetch } = &told.call.owed[0].action else { panic!("{:?}", told.call.owed) };
    assert_eq!(*prefetch, [Sound::Prompt { sha256: "hash-of-welcome".to_owned(), ms: 2_000 }]);
}

#[test]
fn the_step_that_answered_begins_when_the_call_can_be_heard_and_what_ran_before_does_not_run_again() {
    let mut told = Told::rings_on(with_set(&[("customer", "{customer}!")], "main"));
    told.all_done().when(audible());
    assert_eq!((told.step(), variable(&told, "customer")), ("main", "nobody!"));
}

#[test]
fn a_text_knows_the_call_and_the_time_where_the_flow_is_at_home() {
    let facts = "{call.caller}/{call.caller_kind}/{call.direction}/{call.tenant}/{now.date}/{now.time}/{now.weekday}";
    let told = Told::rings_on(with_set(&[("customer", facts)], "welcome"));
    // 2027-01-15T08:00:00Z, a Friday.
    assert_eq!(variable(&told, "customer"), "//incoming/a-tenant/2027-01-15/09:00/friday");
}

#[test]
fn no_text_sees_what_another_of_its_step_sets() {
    let told = Told::rings_on(with_set(&[("before", "{customer}"), ("customer", "somebody")], "welcome"));
    assert_eq!((variable(&told, "before"), variable(&told, "customer")), ("nobody", "somebody"));
}

#[test]
fn variables_are_bounded() {
    let long = "ü".repeat(600);
    let many: Vec<String> = (0..100).map(|n| format!("v{n}")).collect();
    let variables: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), long.as_str())).collect();
    let told = Told::rings_on(with_set(&variables, "welcome"));
    assert_eq!(told.call.variables.len(), 64);
    assert_eq!(variable(&told, "v0").chars().count(), 500);
}

#[test]
fn a_flow_that_goes_round_without_ever_being_heard_is_given_up() {
    let told = Told::rings_on(with_set(&[], "opening"));
    assert_eq!((told.step(), told.owes()), ("hanging_up", vec!["hang_up"]));
}

#[test]
fn no_variable_is_journalled() {
    let mut told = Told::rings_on(with_set(&[("customer", "Somebody in Particular")], "welcome"));
    told.all_done().when(audible());
    assert!(!serde_json::to_string(&told.call.journal).unwrap().contains("Particular"));
}
