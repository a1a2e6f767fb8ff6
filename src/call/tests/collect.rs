//! `collect`, told as given, when, then.

use super::told::*;
use crate::call::{phase::At, *};

pub(super) const ORDER: &str = r##"
start = "order"

[variables]
order = ""
expected = "1234"

[prompts]
which = { text = "Type your order number." }
nothing = { text = "We heard nothing." }
wrong = { text = "There is no such order." }

[steps.order]
do = "collect"
prompt = "which"
least = 2
most = 4
timeout = "5s"
inter_digit_timeout = "3s"
pattern = "[1-9][0-9]*"
matches = "{expected}"
into = "order"
no_input = { prompt = "nothing", attempts = 2, then = "bye" }
no_match = { prompt = "wrong", attempts = 2, then = "bye" }
then = "menu"

[steps.menu]
do = "menu"
prompt = "which"
keys = { 1 = "bye" }
no_input = { then = "bye" }
no_match = { then = "bye" }

[steps.bye]
do = "hang_up"
"##;

/// The same as a secret, in a flow that journals tones.
pub(super) fn a_secret(expected: &str) -> String {
    let text = ORDER.replace("into = \"order\"", "secret = true").replace("order = \"\"\nexpected = \"1234\"", "expected = \"\"");
    text.replace("expected = \"\"", &format!("expected = \"{expected}\"")) + "[journal]\ntones = true\n"
}

impl Told {
    /// Types keys half a second after one another, each told at once.
    fn types(&mut self, keys: &str, from: i64) -> &mut Self {
        for (sequence, key) in (from..).zip(keys.chars()) {
            self.presses(key, sequence).all_done();
        }
        self
    }

    fn order(&self) -> Option<&str> {
        self.call.variables.get("order").map(String::as_str).filter(|order| !order.is_empty())
    }

    /// What is playing now: the lengths of it, in milliseconds.
    fn plays(&self) -> Vec<u32> {
        let sounds = self.call.operations.iter().flat_map(|operation| match &operation.action {
            Action::PlayPrompt { sounds } => sounds.as_slice(),
            _ => &[],
        });
        sounds.map(Sound::ms).collect()
    }
}

#[test]
fn as_many_digits_as_there_may_be_are_taken_at_once() {
    let mut told = Told::in_flow(ORDER);
    assert_eq!(told.plays(), [2_000, 5_000]);
    told.types("1234", 6);
    assert_eq!((told.step(), told.order()), ("menu", Some("1234")));
}

#[test]
fn the_first_key_begins_the_time_for_the_next_and_later_keys_ask_nothing_of_graph() {
    let mut told = Told::in_flow(ORDER);
    told.presses('1', 6);
    assert_eq!((told.owes(), told.plays()), (vec!["cancel_media_processing", "play_prompt"], vec![3_000]));
    told.all_done().presses('2', 7).presses('3', 8);
    assert_eq!((told.step(), told.owes(), told.plays()), ("order", vec![], vec![3_000]));
}

#[test]
fn when_the_silence_ends_too_early_after_the_last_key_its_remainder_is_played() {
    let mut told = Told::in_flow(&ORDER.replace("matches = \"{expected}\"\n", ""));
    told.presses('1', 6).all_done().later(2).presses('2', 7).later(1).prompt_ends();
    assert_eq!((told.step(), told.plays()), ("order", vec![2_000]));
    told.all_done().later(2).prompt_ends();
    assert_eq!((told.step(), told.order()), ("menu", Some("12")));
}

#[test]
fn the_stop_key_ends_the_digits_and_is_none_of_them() {
    let mut told = Told::in_flow(&ORDER.replace("{expected}", "12"));
    told.types("12#", 6);
    assert_eq!((told.step(), told.order()), ("menu", Some("12")));
}

#[test]
fn digits_stand_in_the_order_in_which_they_were_pressed_and_not_told() {
    let mut told = Told::in_flow(ORDER);
    told.presses('2', 7).all_done().presses('1', 6).presses('4', 9).presses('3', 8);
    assert_eq!((told.step(), told.order()), ("menu", Some("1234")));
}

#[test]
fn a_key_that_is_still_on_its_way_is_waited_for_though_the_stop_key_is_there() {
    let mut told = Told::in_flow(ORDER);
    told.types("12", 6).presses('4', 9).presses('#', 10);
    assert_eq!(told.step(), "order");
    told.presses('3', 8);
    assert_eq!((told.step(), told.order()), ("menu", Some("1234")));
}

#[test]
fn a_key_told_twice_is_one_digit() {
    let mut told = Told::in_flow(ORDER);
    told.types("12", 6).types("12", 6).types("34", 8);
    assert_eq!(told.order(), Some("1234"));
}

#[test]
fn digits_that_are_too_few_or_wrong_are_asked_for_again_and_not_for_ever() {
    for (keys, next) in [("1#", 8), ("0234", 10), ("1235", 10), ("#", 7)] {
        let mut told = Told::in_flow(ORDER);
        told.types(keys, 6);
        assert_eq!((told.step(), told.plays()), ("order", vec![2_000, 2_000, 5_000]), "{keys}");
        told.types(keys, next);
        assert_eq!((told.step(), told.order()), ("hanging_up", None), "{keys}");
    }
}

#[test]
fn who_types_nothing_is_asked_again_and_the_counters_are_apart() {
    let mut told = Told::in_flow(ORDER);
    told.types("0#", 6).prompt_ends().all_done();
    assert_eq!(told.step(), "order");
    told.prompt_ends();
    assert_eq!(told.step(), "hanging_up");
}

#[test]
fn a_key_of_digits_that_were_taken_is_no_choice_in_the_next_step() {
    let mut told = Told::in_flow(ORDER);
    told.types("1234", 6).presses('1', 5);
    assert_eq!(told.step(), "menu");
}

#[test]
fn keys_before_the_end_of_the_prompt_are_not_heard_without_barge_in() {
    let mut told = Told::in_flow(&ORDER.replace("least = 2", "least = 2\nbarge_in = false"));
    told.types("99", 6).prompt_ends().all_done().types("1234", 8);
    assert_eq!((told.step(), told.order()), ("menu", Some("1234")));
}

#[test]
fn what_is_begun_again_after_a_lost_reply_still_ends_the_digits() {
    let mut told = Told::in_flow(&ORDER.replace("matches = \"{expected}\"\n", ""));
    let done = || Outcome::Done { operation: None };
    told.presses('1', 6).first_comes_to(done()).first_comes_to(Outcome::Unknown).all_done();
    told.presses('2', 7).later(3).prompt_ends();
    assert_eq!((told.step(), told.order()), ("menu", Some("12")));
}

#[test]
fn a_secret_is_compared_with_its_keyed_hash_and_kept_nowhere() {
    let hash = Secrets::new(&[7; 32]).hash("1234").unwrap();
    let mut told = Told::in_flow(&a_secret(&hash));
    let mut written = Vec::new();
    for (sequence, key) in (6..).zip("1234".chars()) {
        told.presses(key, sequence).all_done();
        written.push(serde_json::to_string(&told.call).unwrap() + &format!("{:?}", told.call));
    }
    assert_eq!(told.step(), "menu");
    for text in &written {
        assert!(!text.contains("[6,\"1") && !text.contains("Digits([("), "{text}");
    }
    let keys: Vec<_> = told.call.journal.entries().filter(|entry| entry.kind == "tone_received").collect();
    assert!(keys.len() == 4 && keys.iter().all(|entry| entry.result == "a key"), "{keys:?}");
    assert!(!written[3].contains("ealed"), "it outlives its step: {}", written[3]);
}

#[test]
fn a_wrong_secret_is_asked_for_again_and_leaves_nothing_behind() {
    let hash = Secrets::new(&[7; 32]).hash("1234").unwrap();
    let mut told = Told::in_flow(&a_secret(&hash));
    told.types("1235", 6);
    let Phase::InStep { at: At::Collect { typed, .. }, .. } = &told.call.phase else { panic!("{:?}", told.call.phase) };
    assert_eq!(*typed, phase::Typed::default());
    told.types("1234", 10);
    assert_eq!(told.step(), "menu");
}

#[test]
fn without_a_key_no_secret_is_held_and_none_is_right() {
    let hash = Secrets::new(&[7; 32]).hash("1234").unwrap();
    let mut told = Told::in_flow(&a_secret(&hash));
    told.secrets = Secrets::default();
    told.types("1234", 6);
    assert!(!format!("{:?}", told.call).contains("Sealed"));
    told.later(3).prompt_ends();
    assert_eq!(told.step(), "order");
}
