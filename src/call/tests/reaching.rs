//! A call that reaches out: it asks and tells servers of the operator's own.

use std::collections::BTreeMap;

use super::told::*;
use crate::{
    call::{acting::claim, *},
    flow::{Ask, Notify, Step, Transfer, Whom},
};

/// The hooks of the flow under test.
pub(super) fn hooks() -> BTreeMap<String, Option<String>> {
    [("crm".to_owned(), Some("https://crm.example.com/".to_owned()))].into()
}

/// A transfer to somebody.
pub(super) fn transfer(failed: &str) -> Transfer {
    let to = Whom::User("0f3a9c52-7d41-4be6-8a15-2c9e60d7b314".parse().unwrap());
    Transfer { to, busy: None, declined: None, no_answer: None, not_found: None, failed: failed.to_owned() }
}

/// The steps with which it reaches out.
pub(super) fn steps() -> Vec<(&'static str, Step)> {
    let ask = |meanwhile: &[&str], timeout_ms| Ask {
        hook: "crm".to_owned(),
        variables: vec!["tier".to_owned(), "call.id".to_owned()],
        sets: vec!["tier".to_owned()],
        meanwhile: meanwhile.iter().map(|name| (*name).to_owned()).collect(),
        cut: true,
        timeout_ms,
        next: [("vip".to_owned(), "sales".to_owned())].into(),
        then: "main".to_owned(),
        failed: "bye".to_owned(),
    };
    let notify = Notify {
        hook: "crm".to_owned(),
        event: "com.example.told".to_owned(),
        variables: vec!["tier".to_owned()],
        then: "main".to_owned(),
    };
    vec![
        ("ask", Step::Ask(ask(&[], 2_500))),
        ("ask_slowly", Step::Ask(ask(&["welcome"], 20_000))),
        ("tell", Step::Notify(notify)),
    ]
}

fn answer(next: Option<&str>, variables: &[(&str, &str)]) -> Outcome {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Outcome::Answered(Answer { variables, next: next.map(str::to_owned) })
}

/// The caller has pressed a key, and Graph has done all but what follows.
fn presses(key: char) -> Told {
    let mut told = Told::in_menu();
    told.presses(key, 1);
    let cancel = told.call.owed[0].n;
    told.when(Event::ActionSettled { n: cancel, outcome: Outcome::Done { operation: None } });
    told
}

/// What has come of the question, or of the notice.
fn comes_to(told: &mut Told, outcome: Outcome) {
    let is_ours = |owed: &&Owed| matches!(owed.action, Action::Ask { .. } | Action::Notify { .. });
    let n = told.call.owed.iter().find(is_ours).expect("it reaches out").n;
    told.when(Event::ActionSettled { n, outcome });
}

fn last_words(told: &Told, kind: &str) -> String {
    told.call.journal.entries().filter(|entry| entry.kind == kind).last().expect("it is journalled").result.clone()
}

#[test]
fn an_answer_chooses_the_way_and_sets_the_variables_that_the_step_names() {
    let mut told = presses('6');
    assert_eq!((told.step(), told.owes()), ("ask", vec!["ask"]));
    comes_to(&mut told, answer(Some("vip"), &[("tier", "gold"), ("other", "x")]));
    assert_eq!(told.step(), "sales");
    assert_eq!(told.call.variables, [("tier".to_owned(), "gold".to_owned())].into());
}

#[test]
fn an_answer_that_chooses_no_way_leads_on() {
    let mut told = presses('6');
    comes_to(&mut told, answer(None, &[]));
    assert_eq!(told.step(), "main");
}

#[test]
fn an_answer_that_makes_no_sense_sets_nothing_and_leads_to_the_step_for_that() {
    let long = "x".repeat(501);
    for rubbish in [
        answer(Some("nobody"), &[("tier", "gold")]),
        answer(None, &[("tier", &long)]),
        refused("unreadable", false),
        refused("gone", true),
        Outcome::Done { operation: None },
    ] {
        let mut told = presses('6');
        comes_to(&mut told, rubbish.clone());
        assert_eq!(told.step(), "hanging_up", "{rubbish:?}");
        assert!(told.call.variables.is_empty(), "{rubbish:?}");
        assert!(last_words(&told, "ask").starts_with("failed: "), "{rubbish:?}");
    }
}

#[test]
fn a_hook_that_fails_is_asked_again_while_there_is_time_and_no_longer() {
    let mut told = presses('6');
    comes_to(&mut told, Outcome::Unknown);
    assert_eq!((told.step(), told.owes()), ("ask", vec!["ask"]));
    told.later(2);
    comes_to(&mut told, Outcome::Unknown);
    assert_eq!(told.step(), "hanging_up");
}

#[test]
fn a_hook_that_asks_for_patience_is_asked_again_when_it_said_but_not_after_the_time_is_up() {
    let mut told = presses('5');
    let in_seconds = |told: &Told, s: i64| told.now + jiff::SignedDuration::from_secs(s);
    let until = in_seconds(&told, 7);
    comes_to(&mut told, Outcome::Throttled { until });
    assert_eq!(told.call.owed.iter().find_map(|owed| owed.until), Some(until));
    let until = in_seconds(&told, 21);
    comes_to(&mut told, Outcome::Throttled { until });
    assert_eq!(told.step(), "hanging_up");
}

#[test]
fn what_plays_meanwhile_plays_again_and_the_answer_cuts_it_short() {
    let mut told = presses('5');
    assert_eq!(told.owes(), ["play_prompt", "ask"]);
    told.all_done().prompt_ends();
    assert_eq!((told.step(), told.owes()), ("ask_slowly", vec!["ask", "play_prompt"]));
    told.all_done();
    comes_to(&mut told, answer(Some("vip"), &[]));
    assert_eq!((told.step(), told.owes()), ("sales", vec!["cancel_media_processing", "transfer"]));
}

#[test]
fn where_the_answer_does_not_cut_what_plays_it_leads_on_when_that_has_ended() {
    let mut told = presses('5');
    let Some(Step::Ask(ask)) = told.flow.steps.get_mut("ask_slowly") else { panic!("it asks") };
    ask.cut = false;
    told.all_done();
    comes_to(&mut told, answer(Some("vip"), &[("tier", "gold")]));
    assert_eq!((told.step(), told.owes().len()), ("ask_slowly", 0));
    told.prompt_ends();
    assert_eq!((told.step(), told.owes()), ("sales", vec!["transfer"]));
}

#[test]
fn a_slow_question_is_asked_apart_and_by_one_at_a_time() {
    let told = presses('5');
    let (claimed, n) = claim(told.call.clone(), told.now).expect("it is to be asked");
    assert_eq!(claim(claimed.clone(), told.now), None);
    assert!(told.call.requests().all(|owed| owed.n != n));
    let after = told.now + jiff::SignedDuration::from_secs(26);
    assert!(claim(claimed, after).is_some(), "whoever asked was lost");
}

#[test]
fn a_question_that_nobody_can_ask_leads_on_in_the_end() {
    for key in ['5', '6'] {
        let mut told = presses(key);
        told.all_done_but_questions();
        told.later(60).when(Event::Wake);
        assert!(told.owes().contains(&"ask"), "{:?}", told.owes());
        told.later(60).when(Event::Wake);
        assert_eq!(told.step(), "hanging_up");
    }
}

#[test]
fn a_question_is_forgotten_when_the_caller_hangs_up() {
    let mut told = presses('5');
    told.when(Event::CallEnded { result: None });
    assert!(told.owes().is_empty());
}

#[test]
fn the_caller_does_not_wait_for_a_notice_and_its_facts_are_those_of_the_moment() {
    let mut told = presses('7');
    assert_eq!((told.step(), told.owes()), ("main", vec!["notify", "play_prompt"]));
    told.call.variables.insert("tier".to_owned(), "set later".to_owned());
    let Action::Notify { facts, .. } = &told.call.owed[0].action else { panic!("it tells") };
    assert_eq!((facts.at, facts.step.as_str(), facts.variables["tier"].as_str()), (told.now, "tell", ""));
}

#[test]
fn a_notice_that_nobody_takes_is_sent_again_for_a_day_even_after_the_call() {
    let mut told = presses('7');
    told.when(Event::CallEnded { result: None });
    let began = told.now;
    for _ in 0..200 {
        let Some(until) = told.call.owed.first().map(|owed| owed.until.unwrap_or(told.now)) else { break };
        told.now = until;
        comes_to(&mut told, Outcome::Unknown);
    }
    let hours = told.now.duration_since(began).as_hours();
    assert!(told.owes().is_empty() && (22..26).contains(&hours), "{hours} hours");
    assert!(last_words(&told, "notify").starts_with("given up"));
}

#[test]
fn a_notice_waits_for_the_recordings_before_it() {
    let mut told = presses('3');
    told.all_done();
    let Some(Step::Record(record)) = told.flow.steps.get_mut("voicemail") else { panic!("it records") };
    record.then = "tell".to_owned();
    let n = told.call.operations[0].n;
    told.when(recording_of(n, 8515));
    let waiting: Vec<_> = told.call.apart_to_do(told.now).map(|owed| owed.action.kind()).collect();
    assert_eq!(waiting, ["keep_recording"]);
    let keeping = told.call.owed[0].n;
    told.when(Event::ActionSettled { n: keeping, outcome: Outcome::Kept { ms: 1 } });
    let waiting: Vec<_> = told.call.apart_to_do(told.now).map(|owed| owed.action.kind()).collect();
    assert_eq!(waiting, ["notify"]);
}

#[test]
fn a_caller_who_goes_round_does_not_fill_the_document_with_notices() {
    let mut told = Told::in_menu();
    for sequence in 0..100 {
        told.presses('7', sequence).all_done();
    }
    assert_eq!(told.owes().len(), 50);
}

#[test]
fn a_transfer_that_fails_goes_the_way_that_graphs_code_says_where_the_flow_has_one() {
    for (code, subcode, step) in [
        (486, 0, "ask"),
        (500, 560_486, "ask"),
        (603, 0, "ask_slowly"),
        (487, 10_004, "tell"),
        (480, 10_037, "voicemail"),
        (500, 7_700, "voicemail"),
    ] {
        let mut told = presses('1');
        let Some(Step::Transfer(transfer)) = told.flow.steps.get_mut("sales") else { panic!("it transfers") };
        transfer.busy = Some("ask".to_owned());
        transfer.declined = Some("ask_slowly".to_owned());
        transfer.no_answer = Some("tell".to_owned());
        told.all_done();
        let result = Some(ResultInfo { code, subcode, message: String::new() });
        told.when(Event::CallUpdated(Update { state: Some(CallState::Established), result, ..Update::default() }));
        let entered: Vec<_> = told.call.journal.entries().filter(|entry| entry.kind == "step").collect();
        assert!(entered.iter().any(|entry| entry.result == step), "{code}/{subcode}: {entered:?}");
    }
}

#[test]
fn a_transfer_goes_where_a_variable_says_or_to_the_step_for_when_that_is_nowhere() {
    for (number, owes) in [
        ("+4930123456", vec!["cancel_media_processing", "transfer"]),
        ("nowhere", vec!["cancel_media_processing", "record_response"]),
    ] {
        let mut told = Told::in_menu();
        let Some(Step::Transfer(transfer)) = told.flow.steps.get_mut("sales") else { panic!("it transfers") };
        transfer.to = Whom::Phone("{tier}".parse().unwrap());
        told.call.variables.insert("tier".to_owned(), number.to_owned());
        told.presses('1', 1);
        assert_eq!(told.owes(), owes);
    }
}

impl Told {
    /// Graph takes everything that is owed to it; questions stay as they are.
    fn all_done_but_questions(&mut self) {
        let is_question = |owed: &&Owed| matches!(owed.action, Action::Ask { .. });
        let owed: Vec<u32> = self.call.requests().filter(|owed| !is_question(owed)).map(|owed| owed.n).collect();
        for n in owed {
            self.when(Event::ActionSettled { n, outcome: Outcome::Done { operation: None } });
        }
    }
}
