//! Whole calls.

use switchboard::simulator::ledger::Verdict;

use super::super::deployed::{Deployed, Terms};

#[tokio::test]
async fn a_call_goes_from_ringing_to_its_end() {
    let deployed = Deployed::new(Terms::default()).await;
    let call = deployed.ring();
    let shown = deployed.rest(&call).await;
    let ledger = deployed.teams.ledger(&call).unwrap();
    assert_eq!(ledger.script, Verdict::Fulfilled, "{shown:#}");
    assert_eq!((ledger.answers, ledger.hang_ups, ledger.prompts_again), (1, 1, 0));
    assert_eq!(shown["outcome"], "bot_hung_up");
}

#[tokio::test]
async fn a_handler_that_is_killed_in_a_call_goes_on_with_it_when_it_is_back() {
    let deployed = Deployed::new(Terms { schedule: "* * * * * *", ..Terms::default() }).await;
    let call = deployed.ring();
    until_heard(&deployed, &call, "choose").await;
    deployed.host().kill_handler().await;
    let shown = deployed.rest(&call).await;
    let ledger = deployed.teams.ledger(&call).unwrap();
    assert_eq!(ledger.script, Verdict::Fulfilled, "{shown:#}");
    assert_eq!((ledger.answers, ledger.hang_ups), (1, 1));
}

/// Waits until a prompt has begun.
async fn until_heard(deployed: &Deployed, call: &str, prompt: &str) {
    use switchboard::simulator::observation::Seen;
    let is_it = |what: &Seen| matches!(what, Seen::PromptBegan { name, .. } if name == prompt);
    while !deployed.teams.observed(call).iter().any(|seen| is_it(&seen.what)) {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}
