//! `language` and `say`: which prompts are heard.

use super::told::*;
use crate::{
    call::*,
    flow::{Flow, Language, Prompt, Say, Step, spoken::Manner},
};

/// The flow of [`a_flow`], beginning with `step`, in two languages; only the welcome is there in both. Digits are there.
fn beginning_with(step: Step) -> Flow {
    let prompt = |name: &str, sha256: String| (name.to_owned(), Prompt { sha256, ms: 500, text: name.to_owned() });
    let mut flow = a_flow();
    flow.steps.insert("opening".to_owned(), step);
    flow.prompts.extend((0..10).map(|n| prompt(&format!("digit_{n}"), format!("hash-of-{n}"))));
    flow.languages = vec!["en".to_owned(), "de".to_owned()];
    flow.translations = [("de".to_owned(), [prompt("welcome", "hash-of-willkommen".to_owned())].into())].into();
    Flow { start: "opening".to_owned(), ..flow }
}

fn choosing(language: &str, then: &str) -> Flow {
    beginning_with(Step::Language(Language { language: language.parse().unwrap(), then: then.to_owned() }))
}

fn saying(text: &str) -> Told {
    let (text, manner, then) = (text.parse().unwrap(), Manner::Digits, "main".to_owned());
    let mut told = Told::rings_on(beginning_with(Step::Say(Say { text, manner, then })));
    told.all_done().when(audible());
    told
}

/// The hashes of what plays, a request each.
fn plays(told: &Told) -> Vec<Vec<String>> {
    let of = |operation: &document::Operation| match &operation.action {
        Action::PlayPrompt { sounds } => sounds.iter().map(|sound| format!("{sound:?}")).collect(),
        other => panic!("{other:?}"),
    };
    told.call.operations.iter().map(of).collect()
}

#[test]
fn prompts_are_heard_in_the_language_that_was_chosen_where_they_are_there_in_it() {
    let mut told = Told::rings_on(choosing("DE", "welcome"));
    told.all_done().when(audible());
    assert!(plays(&told)[0][0].contains("hash-of-willkommen"), "{:?}", plays(&told));
    told.all_done().prompt_ends();
    assert!(plays(&told)[0][0].contains("hash-of-main"), "{:?}", plays(&told));
}

#[test]
fn a_language_that_is_not_there_means_the_first() {
    let mut told = Told::rings_on(choosing("{call.tenant}", "welcome"));
    told.all_done().when(audible());
    assert!(plays(&told)[0][0].contains("hash-of-welcome"), "{:?}", plays(&told));
    assert_eq!(told.call.language, None);
}

#[test]
fn digits_are_said_and_the_call_goes_on() {
    let mut told = saying("4-2");
    assert_eq!(plays(&told).concat().len(), 2);
    assert!(plays(&told)[0][0].contains("hash-of-4"));
    told.all_done().prompt_ends();
    assert_eq!(told.step(), "main");
}

#[test]
fn many_digits_are_said_by_several_requests_and_the_call_goes_on_after_the_last() {
    let mut told = saying(&"7".repeat(40));
    assert_eq!(plays(&told).iter().map(Vec::len).collect::<Vec<_>>(), [18, 18, 4]);
    told.all_done().prompt_ends().prompt_ends();
    assert_eq!(told.step(), "opening");
    told.prompt_ends();
    assert_eq!(told.step(), "main");
}

#[test]
fn nothing_to_say_takes_no_time() {
    assert_eq!(saying("none").step(), "main");
}
