//! How the handler starts, and what it says when it does not.

use std::process::Output;

use super::{Handler, log, run, scene::Surroundings};

/// The messages of a handler that refused to start: it fails, and all that it says is in the log, as errors.
fn refusals(output: &Output) -> Vec<String> {
    assert!(!output.status.success(), "a Functions host takes 0 for a wish to stay down");
    assert_eq!(std::str::from_utf8(&output.stderr).unwrap(), "", "the log is on standard output");
    let lines = log(output);
    assert!(lines.iter().all(|line| line["level"] == "error"), "{lines:?}");
    lines.iter().map(|line| line["message"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_second_handler_on_the_same_file_says_so_and_ends() {
    let around = Surroundings::new(1).await;
    let _first = Handler::start(&around.environment).await;
    let refusals = refusals(&run(&around.but("FUNCTIONS_CUSTOMHANDLER_PORT", Some("0".to_owned()))).await);
    assert!(matches!(&refusals[..], [one] if one.contains("STATE_STORE") && one.contains("in use")), "{refusals:?}");
}

#[tokio::test]
async fn a_handler_that_was_killed_leaves_its_file_and_its_port_to_the_next() {
    let around = Surroundings::new(1).await;
    for _ in 0..3 {
        let handler = Handler::start(&around.environment).await;
        let health = reqwest::get(format!("{}/api/health", around.bot_url)).await.unwrap();
        assert_eq!(health.status(), 200);
        assert_eq!(handler.kill().await, "");
    }
}

#[tokio::test]
async fn a_second_handler_on_the_same_port_says_so_and_ends() {
    let around = Surroundings::new(1).await;
    let _first = Handler::start(&around.environment).await;
    let other = Surroundings::new(2).await;
    let port = around.bot_url.rsplit_once(':').unwrap().1;
    let refusals = refusals(&run(&other.but("FUNCTIONS_CUSTOMHANDLER_PORT", Some(port.to_owned()))).await);
    assert!(matches!(&refusals[..], [one] if one.contains(port)), "{refusals:?}");
}

#[tokio::test]
async fn every_setting_that_is_missing_is_told_at_once() {
    let refusals = refusals(&run(&Vec::new()).await);
    for name in ["BOT_APP_ID", "BOT_TENANT_ID", "BOT_APP_SECRET", "BOT_BASE_URL"] {
        assert!(refusals.iter().any(|line| line.starts_with(name)), "{name}: {refusals:?}");
    }
}

#[tokio::test]
async fn a_setting_that_is_wrong_is_named_and_not_repeated() {
    let around = Surroundings::new(1).await;
    for (name, value) in [
        ("BOT_APP_ID", "hunter2"),
        ("GRAPH_BASE_URL", "http://hunter2.example.com/v1.0"),
        ("STATE_STORE", "hunter2"),
        ("LOG_LEVEL", "hunter2"),
        ("CALL_MAX_MINUTES", "hunter2"),
    ] {
        let refusals = refusals(&run(&around.but(name, Some(value.to_owned()))).await);
        assert!(matches!(&refusals[..], [one] if one.starts_with(name) && !one.contains("hunter2")), "{refusals:?}");
    }
}

#[tokio::test]
async fn flows_that_are_not_there_are_told() {
    let around = Surroundings::new(1).await;
    let missing = refusals(&run(&around.but("FLOWS_DIR", Some("/no/such/folder".to_owned()))).await);
    assert!(matches!(&missing[..], [one] if one.contains("FLOWS_DIR") && one.contains("/no/such/folder")), "{missing:?}");
    let unknown = refusals(&run(&around.but("INCOMING_FLOW", Some("default=nobody".to_owned()))).await);
    assert!(matches!(&unknown[..], [one] if one.contains("nobody")), "{unknown:?}");
}

#[tokio::test]
async fn a_file_that_is_no_store_is_told_and_left_as_it_is() {
    let around = Surroundings::new(1).await;
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("letters.txt");
    std::fs::write(&file, "Dear Ada,\n".repeat(1_000)).unwrap();
    let refusals = refusals(&run(&around.but("STATE_STORE", Some(format!("file:{}", file.display())))).await);
    assert!(matches!(&refusals[..], [one] if one.contains("letters.txt")), "{refusals:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "Dear Ada,\n".repeat(1_000));
}
