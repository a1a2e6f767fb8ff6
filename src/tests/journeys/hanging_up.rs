//! The caller hangs up: wherever that is, the bot knows it and nothing is left over.

use std::time::Duration;

use switchboard::{
    call::Ending,
    simulator::observation::{EndedBy, Seen},
};

use super::journey::{Journey, Played};

/// Nobody at sales or support reacts, so that there is time to hang up. The caller is led by the test.
const NOBODY_REACTS: &str = r#"
people."5d0c7a3e-91b4-4f28-a6d7-3e8f1c20b945" = { ignores = true }
people."b81e42f6-0c5d-4a97-8e13-6f7d29a4c053" = { ignores = true }
"#;

impl Journey {
    /// The caller hangs up now; the call when all of it is over.
    async fn hangs_up(&self, call: &str) -> Played {
        assert!(self.stage.teams.hang_up(call));
        let played = self.over(call).await;
        assert_eq!(played.ended_by(), Some(EndedBy::Caller), "{}", played.tale());
        assert_eq!((played.ledger.recordings, played.ledger.hang_ups), (0, 0), "{}", played.tale());
        played
    }

    /// The caller presses keys as soon as a prompt begins.
    async fn presses_in(&self, call: &str, prompt: &str, keys: &str) {
        let _hold = self.in_prompt(call, prompt).await;
        assert!(self.stage.teams.press(call, keys));
    }
}

#[tokio::test]
async fn while_it_rings() {
    let journey = Journey::begin("hangs_up_ringing").await;
    let hold = journey.stage.hold();
    let call = journey.ring(NOBODY_REACTS);
    assert!(journey.stage.teams.hang_up(&call));
    drop(hold);
    let played = journey.over(&call).await;
    assert_eq!((played.ended_by(), played.ledger.answers), (Some(EndedBy::Caller), 0));
    assert!(matches!(played.ending(), Some(Ending::CallerHungUp | Ending::Gone)), "{}", played.tale());
    assert_eq!(played.heard(), [""; 0]);
}

#[tokio::test]
async fn while_the_call_is_being_set_up() {
    let journey = Journey::begin("hangs_up_answered").await;
    let call = journey.ring(NOBODY_REACTS);
    let hold = journey.until_seen(&call, 1, |seen| *seen == Seen::Answered).await;
    let ended = async {
        drop(hold);
        journey.hangs_up(&call).await
    };
    assert_eq!(ended.await.ending(), Some(Ending::CallerHungUp));
}

#[tokio::test]
async fn in_a_prompt() {
    let journey = Journey::begin("hangs_up_in_prompt").await;
    let call = journey.ring(NOBODY_REACTS);
    drop(journey.in_prompt(&call, "welcome").await);
    assert_eq!(journey.hangs_up(&call).await.ending(), Some(Ending::CallerHungUp));
}

#[tokio::test]
async fn in_the_menu() {
    let journey = Journey::begin("hangs_up_in_menu").await;
    let call = journey.ring(NOBODY_REACTS);
    drop(journey.until_seen(&call, 1, |seen| matches!(seen, Seen::PromptBegan { silence: true, .. })).await);
    assert_eq!(journey.hangs_up(&call).await.ending(), Some(Ending::CallerHungUp));
}

#[tokio::test]
async fn in_the_same_moment_as_pressing_a_key() {
    let journey = Journey::begin("hangs_up_with_key").await;
    let call = journey.ring(NOBODY_REACTS);
    let hold = journey.in_prompt(&call, "main_menu").await;
    assert!(journey.stage.teams.press(&call, "1"));
    drop(hold);
    assert_eq!(journey.hangs_up(&call).await.ledger.transfers, 0);
}

#[tokio::test]
async fn in_a_recording() {
    let journey = Journey::begin("hangs_up_in_recording").await;
    let call = journey.ring(NOBODY_REACTS);
    journey.presses_in(&call, "main_menu", "3").await;
    drop(journey.until_seen(&call, 1, |seen| *seen == Seen::RecordingBegan).await);
    let played = journey.hangs_up(&call).await;
    assert_eq!(played.ending(), Some(Ending::CallerHungUp));
    assert_eq!(journey.shown(&call).await["recordings"], serde_json::json!([]));
}

#[tokio::test]
async fn while_the_call_is_passed_on() {
    let journey = Journey::begin("hangs_up_in_transfer").await;
    let call = journey.ring(NOBODY_REACTS);
    journey.presses_in(&call, "main_menu", "2").await;
    let asked = journey.until_seen(&call, 1, |seen| matches!(seen, Seen::TransferAsked { .. })).await;
    let later = journey.stage.teams.clock().sleep(Duration::from_secs(5));
    drop(asked);
    drop(later.await);
    let played = journey.hangs_up(&call).await;
    assert_eq!((played.ending(), played.ledger.transfers), (Some(Ending::CallerHungUp), 1));
}
