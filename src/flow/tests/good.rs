//! Flows without a fault.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{GOOD, check_text, check_with, wave};
use crate::flow::{Flow, Key, MAX_STEPS, Record, Retry, Severity, Step, Whom};

fn good() -> Flow {
    let checked = check_text(GOOD);
    assert_eq!(checked.findings, []);
    checked.flow.unwrap()
}

fn version(text: &str) -> String {
    check_text(text).flow.unwrap().version
}

#[test]
fn a_good_flow_becomes_what_it_says() {
    let flow = good();
    assert_eq!((flow.name.as_str(), flow.start.as_str(), flow.journal_tones), ("front_desk", "welcome", true));
    assert_eq!(flow.prompts["choices"].ms, 2_000);
    let Step::Menu(menu) = &flow.steps["main_menu"] else { panic!("{:?}", flow.steps["main_menu"]) };
    assert_eq!((menu.timeout_ms, menu.barge_in), (8_000, false));
    assert_eq!(menu.keys[&Key::try_from('*').unwrap()], "voicemail");
    assert_eq!(menu.no_input, Retry { prompt: Some("nothing_heard".into()), attempts: 2, then: "goodbye".into() });
    let Step::Transfer(transfer) = &flow.steps["sales"] else { panic!("{:?}", flow.steps["sales"]) };
    assert_eq!(transfer.to, Whom::User("0f3a9c52-7d41-4be6-8a15-2c9e60d7b314".parse().unwrap()));
}

#[test]
fn what_is_left_out_takes_its_default() {
    let text = "start = \"message\"\n[steps.message]\ndo = \"record\"\nthen = \"bye\"\n[steps.bye]\ndo = \"hang_up\"\n";
    let flow = check_text(text).flow.unwrap();
    let expected = Record {
        prompt: None,
        beep: true,
        longest_s: 120,
        first_silence_s: 10,
        silence_s: 3,
        stop_keys: BTreeSet::from([Key::try_from('#').unwrap()]),
        review: None,
        then: "bye".into(),
        nothing: "bye".into(),
        hung_up: None,
    };
    assert_eq!(flow.steps["message"], Step::Record(expected));
    assert!(!flow.journal_tones);
}

#[test]
fn the_version_is_that_of_the_meaning_and_not_of_the_spelling() {
    let respelt = GOOD.replace("[steps.goodbye]", "# Ends it.\n[steps.goodbye]").replace("\"1m30s\"", "\"90s\"");
    assert_ne!(respelt, GOOD);
    assert_eq!(version(&respelt), version(GOOD));
    assert_eq!(version(GOOD).len(), 32);
}

#[test]
fn the_version_changes_with_a_step_and_with_a_wav_file() {
    assert_ne!(version(&GOOD.replace("\"8s\"", "\"9s\"")), version(GOOD));
    let spoken_anew = check_with(GOOD, |waves| drop(waves.insert("welcome.wav".into(), Ok(wave("another voice")))));
    assert_ne!(spoken_anew.flow.unwrap().version, version(GOOD));
}

#[test]
fn a_warning_lets_the_flow_run() {
    let checked = check_text(&GOOD.replace("[steps.welcome]", "spare = { text = \"Spare.\" }\n[steps.welcome]"));
    assert!(checked.flow.is_some());
    assert_eq!(checked.findings.iter().map(|f| f.severity).collect::<Vec<_>>(), [Severity::Warning]);
}

#[test]
fn as_many_steps_as_allowed_are_checked_in_one_chain() {
    let mut text = String::from("start = \"s0\"\nprompts.hi.text = \"Hi.\"\n");
    for n in 0..MAX_STEPS - 1 {
        text += &format!("[steps.s{n}]\ndo = \"play\"\nprompt = \"hi\"\nthen = \"s{}\"\n", n + 1);
    }
    text += &format!("[steps.s{}]\ndo = \"hang_up\"\n", MAX_STEPS - 1);
    assert_eq!(check_text(&text).findings, []);
}

proptest! {
    #[test]
    fn no_mutation_of_a_good_flow_makes_the_checker_panic(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..40_usize, any::<prop::sample::Index>(), 0..40_usize), 1..6),
    ) {
        let mut chars: Vec<char> = GOOD.chars().collect();
        for (from, taken, to, copied) in cuts {
            let copy: Vec<char> = chars.iter().copied().skip(from.index(chars.len())).take(copied).collect();
            let start = to.index(chars.len());
            let end = (start + taken).min(chars.len());
            chars.splice(start..end, copy);
            chars.push('\n');
        }
        let text: String = chars.into_iter().collect();
        let checked = check_text(&text);
        prop_assert!(checked.flow.is_some() || checked.findings.iter().any(|f| f.is_error()));
    }

    #[test]
    fn no_text_makes_the_checker_panic(text in "([a-z.\"'=\\[\\]{}, \n0-9]|start|steps|do|prompt|\u{0}|ü){0,200}") {
        check_text(&text);
    }

    #[test]
    fn a_line_left_out_is_either_optional_or_told(line in 0..GOOD.lines().count()) {
        let text: Vec<&str> = GOOD.lines().enumerate().filter(|(n, _)| *n != line).map(|(_, line)| line).collect();
        let checked = check_text(&text.join("\n"));
        prop_assert_eq!(checked.flow.is_none(), checked.findings.iter().any(|f| f.is_error()));
    }
}
