//! `play` and `menu`, told as given, when, then: cutting short, playing again, and the way through menus and back.

use super::told::*;
use crate::call::*;

pub(super) const SHOP: &str = include_str!("../../flow/tests/good/menu.toml");

impl Told {
    /// The prompts that are playing, by their names.
    fn plays_now(&self) -> Vec<&str> {
        let sounds = self.call.operations.iter().flat_map(|operation| match &operation.action {
            Action::PlayPrompt { sounds } => sounds.as_slice(),
            _ => &[],
        });
        let name = |sound: &Sound| match sound {
            Sound::Prompt { sha256, .. } => {
                self.flow.prompts.iter().find(|(_, prompt)| prompt.sha256 == *sha256).map(|(name, _)| name.as_str())
            }
            _ => None,
        };
        sounds.filter_map(name).collect()
    }

    fn chooses(&mut self, key: char, sequence: i64) -> &mut Self {
        self.presses(key, sequence).all_done()
    }
}

#[test]
fn prompts_are_played_as_often_as_asked() {
    let mut told = Told::in_flow(SHOP);
    told.prompt_ends().all_done();
    assert_eq!((told.step(), told.plays_now()), ("hello", vec!["welcome"]));
    told.prompt_ends().all_done();
    assert_eq!(told.step(), "top");
}

#[test]
fn a_key_cuts_a_prompt_short_and_some_lead_elsewhere() {
    for (key, to) in [('5', "shop"), ('7', "top")] {
        let mut told = Told::in_flow(SHOP);
        told.presses(key, 1);
        assert_eq!((told.step(), told.owes()[0]), (to, "cancel_media_processing"), "{key}");
    }
}

#[test]
fn without_barge_in_only_the_keys_that_lead_elsewhere_are_heard() {
    let mut told = Told::in_flow(&SHOP.replace("barge_in = true\n", ""));
    told.chooses('7', 1);
    assert_eq!(told.step(), "hello");
    told.chooses('5', 2);
    assert_eq!(told.step(), "shop");
}

#[test]
fn the_choices_are_said_in_full_once_and_when_the_caller_asks_for_it() {
    let mut told = Told::in_flow(SHOP);
    told.chooses('7', 1);
    assert_eq!(told.plays_now(), ["long"]);
    told.chooses('8', 2);
    assert_eq!(told.plays_now(), ["short"]);
    told.chooses('9', 3);
    assert_eq!(told.plays_now(), ["long"]);
}

#[test]
fn asking_for_the_choices_again_is_no_failure() {
    let mut told = Told::in_flow(SHOP);
    told.chooses('7', 1);
    for sequence in 2..20 {
        told.chooses('9', sequence);
    }
    assert_eq!(told.step(), "top");
}

#[test]
fn keys_lead_back_to_the_menu_before_and_to_the_first() {
    for key in ['*', '0'] {
        let mut told = Told::in_flow(SHOP);
        told.chooses('7', 1).chooses('1', 2);
        assert_eq!(told.step(), "shop");
        told.chooses(key, 3);
        assert_eq!((told.step(), told.plays_now()), ("top", vec!["short"]), "{key}");
        assert_eq!(told.call.menus, ["top"]);
    }
}

#[test]
fn in_the_first_menu_the_way_back_says_the_choices_again() {
    let mut told = Told::in_flow(SHOP);
    told.chooses('5', 1).chooses('*', 2).chooses('0', 3);
    assert_eq!((told.step(), told.plays_now()), ("shop", vec!["shop"]));
}
