//! `switchboard calls`, as somebody at a terminal uses it, against a bot that runs.

use std::process::Output;

use switchboard::simulator::{clock::Clock, contact};
use tokio::process::Command;

use super::desk::{ADA, Desk, answers};

async fn run(desk: &Desk, key: Option<&str>, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_switchboard"));
    command.args(["calls", "--url", &desk.stage.bot_url]).args(args).env_remove("CALLS_API_KEY").env_remove("FUNCTIONS_KEY");
    command.envs(key.map(|key| ("CALLS_API_KEY", key))).kill_on_drop(true);
    command.output().await.unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// In real time: a terminal has no other.
async fn desk() -> Desk {
    Desk::on(|scene| {
        scene.clock = Clock::real();
        scene.contacts = contact::parse(&answers().replace("2s", "1s")).unwrap();
    })
    .await
}

#[tokio::test]
async fn a_call_is_placed_followed_shown_and_listed() {
    let desk = desk().await;
    let key = desk.stage.api_key.clone();
    let does = async |args: &[&str]| {
        let output = run(&desk, Some(&key), args).await;
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    let order = ["place", "--flow", "first_call", "--to", ADA, "--idempotency-key", "order 1"];
    let id = does(&order).await.trim().to_owned();
    assert_eq!(does(&order).await.trim(), id);
    let followed = does(&["tail", &id]).await;
    let shown = does(&["show", &id]).await;
    assert_eq!(followed, shown, "who followed has seen what is shown");
    for line in ["outgoing, first_call", "create_call", "step welcome", "ended: called hung up"] {
        let line = line.replace('_', if line == "create_call" { " " } else { "_" });
        assert!(shown.contains(&line), "{line}\n{shown}");
    }
    assert!(!shown.contains('\u{1b}'), "no colours where there is no terminal");
    let listed = does(&["list", "--state", "ended"]).await;
    assert!(listed.contains(&id) && listed.contains("called hung up"), "{listed}");
    assert_eq!(does(&["list", "--flow", "survey"]).await.trim(), "no calls");
    assert_eq!(does(&["end", &id]).await.trim(), "was over already");
}

#[tokio::test]
async fn what_the_bot_refuses_is_told_with_what_is_at_fault() {
    let desk = desk().await;
    let key = desk.stage.api_key.clone();
    for (key, args, said) in [
        (Some(key.as_str()), vec!["place", "--flow", "nothing", "--to", "Ada"], vec!["/flow", "/targets/0/user"]),
        (Some(&key), vec!["place", "--flow", "first_call", "--to", "+4930123456", "--source", ADA], vec!["DIAL_ALLOW", "403"]),
        (Some(&key), vec!["show", "nobody"], vec!["there is no call of that id"]),
        (Some("wrong"), vec!["list"], vec!["401", "CALLS_API_KEY"]),
        (None, vec!["list"], vec!["neither CALLS_API_KEY nor FUNCTIONS_KEY is set"]),
    ] {
        let output = run(&desk, key, &args).await;
        let words = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {words}");
        assert!(said.iter().all(|said| words.contains(said)), "{args:?}: {words}");
    }
    let refused = text(&run(&desk, Some(&key), &["refused"]).await.stdout);
    assert!(refused.contains("first_call  not allowed"), "{refused}");
    let nowhere = Command::new(env!("CARGO_BIN_EXE_switchboard")).args(["calls", "--url", "http://127.0.0.1:9", "list"]).output();
    let nowhere = nowhere.await.unwrap();
    assert_eq!(nowhere.status.code(), Some(2), "{}", text(&nowhere.stderr));
}
