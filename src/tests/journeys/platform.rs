//! What the platform does that is odd but not unkind.

use super::journey::{Journey, dial_script};

#[tokio::test]
async fn a_first_notification_of_the_older_shape_is_answered_and_the_call_goes_on() {
    let journey = Journey::on("legacy_first", |scene| scene.legacy_first = true).await;
    let call = journey.ring(&dial_script());
    let played = journey.fulfilled(&call).await;
    assert_eq!(played.ledger.answers, 1);
}

#[tokio::test]
async fn fresh_signing_keys_in_the_middle_of_a_call_are_not_noticed() {
    let places = [("keys_rotated_early", "welcome"), ("keys_rotated", "nothing_heard"), ("keys_rotated_late", "leave_message")];
    for (name, prompt) in places {
        let journey = Journey::begin(name).await;
        let call = journey.ring(&dial_script());
        let hold = journey.in_prompt(&call, prompt).await;
        journey.stage.teams.rotate_keys(false).unwrap();
        drop(hold);
        let played = journey.fulfilled(&call).await;
        assert_eq!((played.ledger.recordings, played.ledger.prompts_again), (1, 0), "rotated in {prompt}\n{}", played.tale());
    }
}

#[tokio::test]
async fn fresh_signing_keys_between_two_calls_are_not_noticed() {
    let journey = Journey::begin("keys_rotated_between").await;
    for _ in 0..3 {
        let call = journey.ring("[[does]]\nhears = \"main_menu\"\nhangs_up = true");
        journey.fulfilled(&call).await;
        journey.stage.teams.rotate_keys(false).unwrap();
    }
}
