//! Ways through a flow: `branch`, `wait` and `go`.

use super::told::*;
use crate::{
    call::*,
    flow::{Branch, Case, Flow, Go, Key, Step, Wait, together},
};

/// The flow of [`a_flow`], beginning with `step`.
fn beginning_with(step: Step) -> Flow {
    let mut flow = a_flow();
    flow.steps.insert("opening".to_owned(), step);
    Flow { start: "opening".to_owned(), ..flow }
}

fn waiting(ms: u32, key: char) -> Flow {
    let keys = [(Key::try_from(key).unwrap(), "voicemail".to_owned())].into();
    beginning_with(Step::Wait(Wait {
        ms,
        keys,
        events: [].into(),
        joined: None,
        alone: None,
        then: "main".to_owned(),
        hung_up: None,
    }))
}

fn begun(flow: Flow) -> Told {
    let mut told = Told::rings_on(flow);
    told.all_done().when(audible()).all_done();
    told
}

#[test]
fn a_branch_goes_the_first_way_that_fits_while_the_call_rings() {
    let case = |is: &str, then: &str| Case {
        variable: "call.tenant".to_owned(),
        is: vec![is.parse().unwrap()],
        then: then.to_owned(),
        ..Case::default()
    };
    let cases = vec![case("another", "bye"), case("a-tenant", "voicemail"), case("a-tenant", "bye")];
    let told = begun(beginning_with(Step::Branch(Branch { cases, otherwise: "bye".to_owned() })));
    assert_eq!(told.step(), "voicemail");
    let steps: Vec<_> =
        told.call.journal.entries().filter(|entry| entry.kind == "step").map(|entry| entry.by.as_deref()).collect();
    assert_eq!(steps, [None, Some("when.2")]);
    let none = begun(beginning_with(Step::Branch(Branch { cases: vec![case("another", "bye")], otherwise: "main".to_owned() })));
    assert_eq!(none.step(), "main");
}

#[test]
fn a_wait_ends_with_its_silence() {
    let mut told = begun(waiting(3_000, '#'));
    let Action::PlayPrompt { sounds } = &told.call.operations[0].action else { panic!("{:?}", told.call.operations) };
    assert_eq!(*sounds, [Sound::Silence { ms: 3_000 }]);
    told.presses('1', 1);
    assert_eq!(told.step(), "opening");
    told.prompt_ends();
    assert_eq!(told.step(), "main");
}

#[test]
fn a_key_that_a_wait_knows_ends_it() {
    let mut told = begun(waiting(3_000, '#'));
    told.presses('#', 1);
    assert_eq!((told.step(), told.owes()), ("voicemail", vec!["cancel_media_processing", "record_response"]));
}

#[test]
fn a_wait_that_was_begun_again_is_waited_for_all_the_same() {
    let mut told = Told::rings_on(waiting(3_000, '#'));
    told.all_done().when(audible()).first_comes_to(Outcome::Unknown);
    told.all_done().prompt_ends();
    assert_eq!(told.step(), "main");
}

#[test]
fn a_call_goes_on_with_another_flow_and_back_and_finds_its_place_after_every_event() {
    let first = beginning_with(Step::Go(Go { flow: "other".to_owned() }));
    let mut other = waiting(3_000, '#');
    other.name = "other".to_owned();
    other.steps.insert("main".to_owned(), Step::Go(Go { flow: "front_desk".to_owned() }));
    let flows = together(&[("other".to_owned(), other), ("front_desk".to_owned(), first)].into());
    let mut told = begun(flows["front_desk"].clone());
    assert_eq!((told.step(), told.call.inside.as_deref()), ("opening", Some("other")));
    told.presses('#', 1).all_done();
    assert_eq!(told.step(), "voicemail");

    let mut told = begun(flows["front_desk"].clone());
    told.prompt_ends();
    // The first flow goes on with the other at once: the wait is on again.
    assert_eq!((told.step(), told.call.operations.len()), ("opening", 1));
    let journal: Vec<_> = told.call.journal.entries().filter(|entry| entry.kind == "flow").map(|entry| &entry.result).collect();
    assert_eq!(journal, ["other", "front_desk", "other"]);
}

#[test]
fn a_flow_that_is_not_there_ends_the_call() {
    let told = begun(beginning_with(Step::Go(Go { flow: "nowhere".to_owned() })));
    assert_eq!(told.step(), "hanging_up");
}
