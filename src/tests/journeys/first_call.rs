//! The front desk: menu, transfer, goodbye.

use jiff::SignedDuration;
use switchboard::{
    call::Ending,
    simulator::observation::{EndedBy, Seen},
};

use super::journey::{Journey, Played, dial_script};

/// Somebody who chooses `key` in the menu, hears `then`, and nothing more is asked.
fn chooses(key: &str, people: &str, rest: &str) -> String {
    format!("{people}\n[[does]]\nhears = \"main_menu\"\npresses = \"{key}\"\n{rest}")
}

/// What the caller does who is sent to voicemail after all.
const LEAVES_A_MESSAGE: &str = r##"
[[does]]
hears = "nobody_there"
[[does]]
hears = "leave_message"
speaks = "5s"
presses = "#"
[[does]]
hears = "goodbye"
[ends]
by = "bot"
recordings = 1
"##;

const SALES: &str = "5d0c7a3e-91b4-4f28-a6d7-3e8f1c20b945";
const SUPPORT: &str = "b81e42f6-0c5d-4a97-8e13-6f7d29a4c053";

#[tokio::test]
async fn the_caller_of_dial_errs_twice_and_then_leaves_a_message() {
    let played = Journey::play("dial_script", &dial_script()).await;
    let menu = "main_menu";
    assert_eq!(
        played.heard(),
        ["welcome", menu, "nothing_heard", menu, "not_a_choice", menu, "leave_message", "thanks"],
        "{}",
        played.tale()
    );
    assert_eq!(played.ending(), Some(Ending::CallerHungUp));
    assert_eq!(played.ledger.prompts_again, 0);
}

#[tokio::test]
async fn sales_takes_the_call_and_the_bot_is_out_of_it() {
    let script = chooses("1", &format!("people.\"{SALES}\" = {{ answers = \"4s\" }}"), "[ends]\nby = \"transfer\"");
    let played = Journey::play("sales_takes_the_call", &script).await;
    assert_eq!(played.heard(), ["welcome", "main_menu"]);
    assert_eq!(played.ending(), Some(Ending::Transferred));
    assert_eq!((played.ledger.transfers, played.ledger.hang_ups), (1, 0));
}

#[tokio::test]
async fn sales_declines_and_the_caller_leaves_a_message() {
    let script = chooses("1", &format!("people.\"{SALES}\" = {{ declines = \"4s\" }}"), LEAVES_A_MESSAGE);
    comes_back_to_voicemail(&Journey::play("sales_declines", &script).await);
}

#[tokio::test]
async fn support_does_not_answer_and_the_caller_leaves_a_message() {
    let script = chooses("2", &format!("people.\"{SUPPORT}\" = {{ ignores = true }}"), LEAVES_A_MESSAGE);
    comes_back_to_voicemail(&Journey::play("support_ignores", &script).await);
}

fn comes_back_to_voicemail(played: &Played) {
    assert_eq!(played.heard(), ["welcome", "main_menu", "nobody_there", "leave_message", "thanks", "goodbye"]);
    assert_eq!((played.ledger.transfers, played.ledger.hang_ups), (1, 1));
    assert_eq!(played.ending(), Some(Ending::BotHungUp));
}

#[tokio::test]
async fn who_presses_nothing_hears_goodbye_after_three_offers() {
    let played = Journey::play("presses_nothing", "[[does]]\nhears = \"goodbye\"\n[ends]\nby = \"bot\"").await;
    let (menu, nothing) = ("main_menu", "nothing_heard");
    assert_eq!(played.heard(), ["welcome", menu, nothing, menu, nothing, menu, "goodbye"]);
    assert_eq!(played.ledger.hang_ups, 1);
}

#[tokio::test]
async fn who_presses_keys_that_are_not_offered_hears_goodbye_after_three_of_them() {
    let wrong = "[[does]]\nhears = \"main_menu\"\npresses = \"9\"\n";
    let script = format!("{}[[does]]\nhears = \"goodbye\"\n[ends]\nby = \"bot\"", wrong.repeat(3));
    let played = Journey::play("wrong_keys", &script).await;
    let (menu, wrong) = ("main_menu", "not_a_choice");
    assert_eq!(played.heard(), ["welcome", menu, wrong, menu, wrong, menu, "goodbye"]);
}

#[tokio::test]
async fn who_knows_the_menu_need_not_hear_it_out() {
    let script =
        "[[does]]\nhears = \"main_menu\"\nbarge_in = true\npresses = \"3\"\n[[does]]\nhears = \"leave_message\"\nhangs_up = true";
    let played = Journey::play("barge_in", script).await;
    assert_eq!(played.heard(), ["welcome", "main_menu", "leave_message"]);
    let began = |prompt: &str| played.at(|seen| matches!(seen, Seen::PromptBegan { name, .. } if name == prompt));
    let waited = began("leave_message").duration_since(began("main_menu"));
    assert!(waited < SignedDuration::from_secs(2), "{}", played.tale());
    assert_eq!(played.ended_by(), Some(EndedBy::Caller));
}

#[tokio::test]
async fn keys_pressed_too_soon_are_not_taken_for_a_choice() {
    let script =
        "[[does]]\nhears = \"welcome\"\nbarge_in = true\npresses = \"9\"\n[[does]]\nhears = \"goodbye\"\n[ends]\nby = \"bot\"";
    let played = Journey::play("key_in_welcome", script).await;
    assert_eq!(played.heard().iter().filter(|name| **name == "not_a_choice").count(), 0, "{}", played.tale());
}

#[tokio::test]
async fn two_keys_in_quick_succession_are_one_choice() {
    let script = chooses("33", "", "[[does]]\nhears = \"leave_message\"\nhangs_up = true");
    let played = Journey::play("two_keys", &script).await;
    assert_eq!(played.steps()[..3], ["welcome", "main_menu", "voicemail"]);
    assert_eq!(played.heard(), ["welcome", "main_menu", "leave_message"]);
}
