//! A call with more than two, told as given, when, then: who is brought in, what is done with them, and what the call is told.

use super::{told::*, whatever::USER};
use crate::call::*;

/// A flow that does with people whatever can be done.
const DESK: &str = r#"
start = "which"

[events]
solved = "bye"

[variables]
note = ""

[prompts]
choices = { text = "Press a key." }
music = { text = "One moment." }

[steps.which]
do = "menu"
prompt = "choices"
keys = { 1 = "invite", 2 = "stay", 3 = "dial", 4 = "message" }
no_input = { then = "bye" }
no_match = { then = "bye" }

[steps.invite]
do = "invite"
to = { user = "0f3a9c52-7d41-4be6-8a15-2c9e60d7b314" }
while = "music"
joined = "hold"
declined = "stay"
failed = "which"

[steps.hold]
do = "hold"
who = { user = "0f3a9c52-7d41-4be6-8a15-2c9e60d7b314" }
prompt = "music"
then = "out"
failed = "stay"

[steps.out]
do = "remove"
who = { user = "0f3a9c52-7d41-4be6-8a15-2c9e60d7b314" }
then = "bye"

[steps.stay]
do = "wait"
time = "1m"
events = { approved = "which" }
joined = "invite"
alone = "bye"
then = "stay"

[steps.dial]
do = "send_keys"
keys = "12#"
then = "stay"
failed = "bye"

[steps.message]
do = "record"
then = "stay"
nothing = "which"

[steps.bye]
do = "hang_up"
"#;

/// In the menu, having pressed a key, and nothing owed but what follows.
fn pressed(key: char) -> Told {
    let mut told = Told::in_flow(DESK);
    told.when(roster(&["bot", "ada"])).presses(key, 1);
    if told.owes().first() == Some(&"cancel_media_processing") {
        told.first_comes_to(Outcome::Done { operation: None });
    }
    told
}

fn steered(name: &str) -> Event {
    Event::Steered { name: name.to_owned(), data: [("note".to_owned(), "told".to_owned())].into() }
}

fn ended(n: u32, code: i64) -> Event {
    let result = Some(ResultInfo { code, subcode: 0, message: String::new() });
    Event::OperationFinished(Finished { operation: None, n: Some(n), completed: code == 200, result })
}

fn invitation(told: &Told) -> u32 {
    told.call.owed.iter().find(|owed| owed.action.kind() == "invite").expect("somebody is invited").n
}

#[test]
fn somebody_who_takes_an_invitation_is_there_once_the_list_shows_them() {
    let mut told = pressed('1');
    let n = invitation(&told);
    told.all_done().when(ended(n, 200));
    assert_eq!((told.step(), told.call.joined_by().is_some()), ("invite", true));
    told.when(roster(&["bot", "ada", USER]));
    assert_eq!((told.step(), told.owes()), ("hold", vec!["cancel_media_processing", "hold"]));
}

#[test]
fn the_list_alone_says_that_somebody_has_come_even_before_the_reply_does() {
    let mut told = pressed('1');
    told.when(roster(&["bot", "ada", USER]));
    assert_eq!((told.step(), told.owes()), ("hold", vec!["cancel_media_processing", "hold"]));
}

#[test]
fn a_list_that_never_shows_somebody_who_came_is_not_waited_for_longer_than_five_seconds() {
    let mut told = pressed('1');
    let n = invitation(&told);
    told.all_done().when(ended(n, 200));
    assert_eq!(acting::wake_at(&told.call, told.now), told.call.joined_by());
    told.later(5).when(Event::Wake);
    // They cannot be put on hold, as nobody knows which participant they are.
    assert_eq!(told.step(), "stay");
}

#[test]
fn an_invitation_that_is_declined_leads_where_the_flow_says() {
    let mut told = pressed('1');
    let n = invitation(&told);
    told.all_done().when(ended(n, 603));
    assert_eq!(told.step(), "stay");
}

#[test]
fn an_invitation_of_which_nobody_knows_is_sent_again_only_when_no_word_of_it_comes() {
    let mut told = pressed('1');
    let first = invitation(&told);
    told.when(Event::ActionSettled { n: first, outcome: Outcome::Unknown });
    let second = invitation(&told);
    assert!(second > first && told.call.owed.iter().all(|owed| owed.n != second || owed.until > Some(told.now)));
    // It had been sent: its own end is what counts, and nobody is rung again.
    told.when(ended(first, 603));
    assert_eq!(told.step(), "stay");
    assert!(told.owes().iter().all(|kind| *kind != "invite"));
}

#[test]
fn an_invitation_is_given_up_when_nothing_is_heard_of_it_twice() {
    let mut told = pressed('1');
    for _ in 0..2 {
        let n = invitation(&told);
        told.when(Event::ActionSettled { n, outcome: Outcome::Unknown }).later(75);
    }
    told.when(Event::Wake);
    assert_eq!(told.step(), "which");
}

#[test]
fn what_is_done_with_somebody_is_asked_of_graph_by_the_participant_they_are() {
    let mut told = pressed('1');
    told.when(roster(&["bot", "ada", USER]));
    let Action::Hold { participant, .. } = &told.call.owed.last().unwrap().action else { panic!("nobody is held") };
    assert_eq!(participant, &ParticipantId::parse(&format!("of-{USER}")).unwrap());
    told.all_done();
    assert_eq!((told.step(), told.owes()), ("out", vec!["remove"]));
    told.all_done();
    assert_eq!(told.step(), "hanging_up");
}

#[test]
fn a_refusal_leads_on_and_one_that_says_that_it_is_done_already_counts_as_done() {
    for (outcomes, step) in [
        (vec![refused("8519", false)], "stay"),
        (vec![Outcome::Unknown, refused("8519", false)], "out"),
        (vec![Outcome::Unknown, refused("7504", false)], "stay"),
    ] {
        let mut told = pressed('1');
        told.when(roster(&["bot", "ada", USER])).first_comes_to(Outcome::Done { operation: None });
        for outcome in outcomes {
            told.first_comes_to(outcome);
        }
        assert_eq!(told.step(), step);
    }
}

#[test]
fn keys_that_may_have_been_sent_are_never_sent_again() {
    let mut told = pressed('3');
    let n = told.call.owed[0].n;
    told.first_comes_to(Outcome::Unknown);
    assert_eq!((told.step(), told.owes().len()), ("dial", 0));
    let mut heard = pressed('3');
    heard.first_comes_to(Outcome::Unknown).when(ended(n, 200));
    assert_eq!(heard.step(), "hanging_up", "nobody can be sure");
    told.later(60).when(Event::Wake);
    assert_eq!(told.step(), "hanging_up");
    let mut sure = pressed('3');
    sure.all_done().when(ended(n, 200));
    assert_eq!(sure.step(), "stay");
}

#[test]
fn an_older_list_of_participants_says_nothing_any_more() {
    let mut told = pressed('2');
    told.when(roster_of(&["bot", "ada", "bob"], Some(5)));
    assert_eq!((told.call.others(), told.step()), (2, "invite"));
    told.when(roster_of(&["bot"], Some(4)));
    assert_eq!((told.call.others(), told.call.company.alone_since), (2, None));
}

#[test]
fn no_names_are_kept_and_no_more_people_than_a_hundred() {
    let names: Vec<String> = (0..150).map(|n| format!("user-{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut told = pressed('2');
    told.when(roster(&names));
    assert_eq!((told.call.company.roster.len(), told.call.others()), (100, 150));
}

#[test]
fn a_wait_ends_when_somebody_comes_and_when_the_last_has_left() {
    let mut told = pressed('2');
    told.when(roster(&["bot", "ada"]));
    assert_eq!(told.step(), "stay");
    told.when(roster(&["bot", "ada", "bob"]));
    assert_eq!(told.step(), "invite");
    let mut told = pressed('2');
    told.when(roster(&["bot"]));
    assert_eq!(told.step(), "hanging_up");
}

#[test]
fn while_a_call_waits_for_somebody_it_is_looked_each_minute_who_is_there() {
    let mut told = pressed('2');
    told.all_done().later(59).when(Event::Wake);
    assert!(told.owes().is_empty());
    told.later(1).when(Event::Wake).when(Event::Wake);
    assert_eq!(told.owes(), ["list_participants"]);
    told.first_comes_to(listed(&["bot", "ada"]));
    assert_eq!((told.step(), told.owes().len()), ("stay", 0));
    told.later(60).when(Event::Wake).first_comes_to(listed(&["bot", "ada", "bob"]));
    assert_eq!(told.step(), "invite");
    told.later(60).when(Event::Wake);
    assert_eq!(told.call.company.look_at, None, "it waits for nobody any more");
}

#[test]
fn a_look_that_comes_to_nothing_leaves_the_call_as_it_is() {
    for outcome in [refused("7504", false), listed(&[])] {
        let mut told = pressed('2');
        told.all_done().later(60).when(Event::Wake).first_comes_to(outcome);
        assert_eq!((told.step(), told.owes().len(), told.call.others()), ("stay", 0, 1));
    }
}

fn listed(names: &[&str]) -> Outcome {
    let Event::ParticipantsUpdated { participants, sequence } = roster(names) else { unreachable!("it is a roster") };
    Outcome::Listed { participants, sequence }
}

#[test]
fn a_call_that_is_told_something_goes_where_its_step_or_else_its_flow_says() {
    let mut told = pressed('2');
    told.when(steered("approved"));
    assert_eq!((told.step(), told.owes()), ("which", vec!["cancel_media_processing", "play_prompt"]));
    assert_eq!(told.call.variables["note"], "told");
    let last = told.call.journal.entries().filter(|entry| entry.kind == "step").last().unwrap().clone();
    assert_eq!(last.by.as_deref(), Some("events.approved"));
    told.when(steered("approved"));
    assert_eq!(told.step(), "which", "a menu does not know it");
    told.when(steered("solved"));
    assert_eq!(told.step(), "hanging_up");
}

#[test]
fn a_call_that_is_told_something_leaves_off_inviting_and_recording() {
    let mut told = pressed('1');
    told.when(steered("solved"));
    assert_eq!((told.step(), told.owes()), ("hanging_up", vec!["hang_up"]));
    let mut told = pressed('4');
    told.all_done().when(steered("solved"));
    assert_eq!(told.step(), "hanging_up");
}

#[test]
fn a_call_that_nobody_hears_yet_only_has_its_variables_set() {
    let mut told = Told::rings_on(Told::in_flow(DESK).flow);
    told.when(steered("solved"));
    assert_eq!((told.step(), told.owes(), told.call.variables["note"].as_str()), ("ringing", vec!["answer"], "told"));
}

#[test]
fn a_flow_says_which_events_it_knows() {
    assert_eq!(Told::in_flow(DESK).flow.events().into_iter().collect::<Vec<_>>(), ["approved", "solved"]);
}
