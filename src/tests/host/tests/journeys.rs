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

#[tokio::test]
async fn the_log_says_in_which_invocation_something_happened_and_how_often_cosmos_db_was_asked() {
    let deployed = Deployed::new(Terms { is_on_cosmos: true, ..Terms::default() }).await;
    deployed.ready().await;
    let call = deployed.ring();
    deployed.teams.settled(&call).await;
    // The answer to the last post may be on its way still.
    let lines = || deployed.host().log().into_iter().filter(|line| line["call"].is_string()).collect::<Vec<_>>();
    while !lines().iter().any(|line| line["event"] == "call_ended") {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert!(lines().iter().all(|line| line["invocation_id"].as_str().is_some_and(|id| id.len() == 36)), "{:#?}", lines());
    let ring = lines().into_iter().find(|line| line["message"] == "notification taken").unwrap();
    assert_eq!(ring["event"], "incoming_call");
    // One to keep the call, one to keep what came of answering it; more where the flow was not stored yet.
    assert!(ring["cosmos_requests"].as_u64().is_some_and(|count| count >= 2), "{ring:#}");
}

/// Waits until a prompt has begun.
async fn until_heard(deployed: &Deployed, call: &str, prompt: &str) {
    use switchboard::simulator::observation::Seen;
    let is_it = |what: &Seen| matches!(what, Seen::PromptBegan { name, .. } if name == prompt);
    while !deployed.teams.observed(call).iter().any(|seen| is_it(&seen.what)) {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}
