//! `switchboard queues`, as people run it.

use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard::{
    call::{Address, Arrival, CallKey, CallbackSecret, Event, Message},
    clock::SystemClock,
    queues::Queues,
};
use tokio::process::Command;

use super::{promises::open, storage::StorageServer};

/// How a command ended.
struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

/// Runs `switchboard queues` with these variables and no other of the storage account's.
async fn queues(variables: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_switchboard"));
    for name in ["", "__accountName", "__queueServiceUri", "__credential", "__clientId"] {
        command.env_remove(format!("AzureWebJobsStorage{name}"));
    }
    let output = command.arg("queues").args(arguments).envs(variables.iter().copied()).output().await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

async fn on(server: &StorageServer, arguments: &[&str]) -> Ended {
    queues(&[("AzureWebJobsStorage", &server.connection_string())], arguments).await
}

async fn provisioned() -> (StorageServer, Queues) {
    let server = StorageServer::provisioned().await;
    let queues = open(&server.connection_string(), std::sync::Arc::new(SystemClock));
    (server, queues)
}

fn message() -> String {
    let address = Address::Callback {
        key: CallKey::parse("c0de").unwrap(),
        secret: CallbackSecret::new(0xf00d),
        graph_id: None,
        number: None,
    };
    let arrival = Arrival { event: Event::CallEnded { result: None }, at: Timestamp::UNIX_EPOCH };
    serde_json::to_string(&[Message { address, arrival }]).unwrap()
}

/// The ids of the messages given up.
fn ids(server: &StorageServer, queue: &str) -> Vec<String> {
    server.with(|account| account.all(queue).unwrap().iter().map(|letter| letter.id.clone()).collect())
}

#[tokio::test]
async fn every_queue_is_listed_with_what_it_holds() {
    let (server, storage) = provisioned().await;
    storage.poison("call-ended", &message(), "so").await.unwrap();
    server.with(|account| account.put("call-ended", "", std::time::Duration::from_secs(60), None)).unwrap();
    server.with(|account| account.remove("wake")).unwrap();
    let listed = on(&server, &["list"]).await;
    let lines: Vec<_> = listed.out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).collect();
    assert_eq!((listed.code, lines.len()), (Some(0), 10), "{}{}", listed.out, listed.err);
    assert_eq!(lines[0], ["QUEUE", "WAITING", "POISONED"]);
    assert!(lines.contains(&vec!["call-ended", "1", "1"]) && lines.contains(&vec!["wake", "missing", "0"]), "{}", listed.out);
    let listed: Value = serde_json::from_str(&on(&server, &["list", "--format", "json"]).await.out).unwrap();
    assert_eq!(listed[8], json!({ "queue": "wake", "waiting": null, "poisoned": 0 }));
}

#[tokio::test]
async fn queues_that_are_missing_are_made() {
    let server = StorageServer::start().await;
    assert_eq!(on(&server, &["create"]).await.code, Some(0));
    assert_eq!(on(&server, &["create"]).await.code, Some(0));
    assert!(!on(&server, &["list"]).await.out.contains("missing"));
}

#[tokio::test]
async fn what_was_given_up_is_shown_with_its_reason_and_without_what_opens_the_call() {
    let (server, storage) = provisioned().await;
    storage.poison("call-ended", &message(), "the call is\n\u{1b}[2Junknown").await.unwrap();
    storage.poison("wake", "neither JSON nor ours", "unreadable").await.unwrap();
    let body = data_encoding::BASE64.encode(message().as_bytes());
    server.with(|account| account.put("wake-poison", &body, std::time::Duration::ZERO, None)).unwrap();

    let shown = on(&server, &["show"]).await;
    let lines: Vec<_> = shown.out.lines().collect();
    assert_eq!((shown.code, lines.len()), (Some(0), 4), "{}{}", shown.out, shown.err);
    let starts = |line: usize, start: &str| lines[line].starts_with(start);
    assert!(starts(0, "QUEUE ") && starts(1, "call-ended ") && starts(2, "wake ") && starts(3, "wake "), "{}", shown.out);
    assert!(lines[1].contains(" call_ended ") && lines[1].contains(" c0de ") && lines[1].ends_with("  the call is  [2Junknown"));
    assert!(lines[2].contains(" unreadable ") && lines[3].contains("until the host gave it up"), "{}", shown.out);
    assert!(!shown.out.contains("f00d") && !shown.out.contains("neither"), "{}", shown.out);

    let shown = on(&server, &["show", "call_ended", "--format", "json"]).await;
    let rows: Value = serde_json::from_str(&shown.out).unwrap();
    assert_eq!((&rows[0]["events"], &rows[0]["call"]), (&json!(["call_ended"]), &json!("c0de")));
    assert!(rows[0]["at"].as_str().is_some_and(|at| at.parse::<Timestamp>().is_ok()) && !shown.out.contains("f00d"));
}

#[tokio::test]
async fn nothing_given_up_is_nothing_said() {
    let (server, _) = provisioned().await;
    let shown = on(&server, &["show"]).await;
    assert_eq!((shown.code, shown.out.as_str(), shown.err.as_str()), (Some(0), "", ""));
}

#[tokio::test]
async fn one_message_is_put_back_as_it_was_and_another_dropped() {
    let (server, storage) = provisioned().await;
    for _ in 0..3 {
        storage.poison("call-ended", &message(), "so").await.unwrap();
    }
    let [back, gone, stays] = &ids(&server, "call-ended-poison")[..] else { panic!("three were given up") };
    let ended = on(&server, &["redeliver", "call-ended", back]).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "put back: 1 of `call-ended`\n"), "{}", ended.err);
    assert_eq!(server.get_messages("call-ended"), [message()]);
    let ended = on(&server, &["drop", "call-ended", gone]).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "dropped: 1 of `call-ended`\n"), "{}", ended.err);
    assert_eq!(ids(&server, "call-ended-poison"), std::slice::from_ref(stays));
    let ended = on(&server, &["redeliver", "call-ended", "--all"]).await;
    assert_eq!((ended.code, ids(&server, "call-ended-poison").len()), (Some(0), 0));
}

#[tokio::test]
async fn a_message_that_is_not_there_is_named() {
    let (server, _) = provisioned().await;
    let ended = on(&server, &["drop", "wake", "no-such-id"]).await;
    assert_eq!(ended.code, Some(2));
    assert_eq!(ended.err, "error: no message no-such-id was given up: see `switchboard queues show wake`\n");
}

#[tokio::test]
async fn a_command_says_which_queues_there_are_and_what_is_to_be_chosen() {
    let (server, _) = provisioned().await;
    let ended = on(&server, &["drop", "calls", "--all"]).await;
    assert!(ended.code == Some(2) && ended.err.contains("tone-received"), "{}", ended.err);
    assert!(on(&server, &["redeliver", "wake"]).await.err.contains("<ID>"));
}

#[tokio::test]
async fn without_a_storage_account_or_with_a_wrong_one_the_variable_is_named() {
    let ended = queues(&[], &["list"]).await;
    assert!(ended.code == Some(2) && ended.err.contains("AzureWebJobsStorage__accountName"), "{}", ended.err);
    let ended = queues(&[("AzureWebJobsStorage", "AccountName=a;AccountKey=hush!")], &["list"]).await;
    assert!(ended.err.starts_with("error: AzureWebJobsStorage has an AccountKey that is not base64;"), "{}", ended.err);
    assert!(!ended.err.contains("hush"), "{}", ended.err);
}

#[tokio::test]
async fn without_the_role_the_role_is_named() {
    let (server, _) = provisioned().await;
    server.refuse(100, 403, "AuthorizationPermissionMismatch");
    let ended = on(&server, &["show", "wake"]).await;
    assert!(ended.code == Some(2) && ended.err.contains("Storage Queue Data Contributor"), "{}", ended.err);
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_told_how_to() {
    let account = ("AzureWebJobsStorage__queueServiceUri", "https://127.0.0.1:1");
    let ended = queues(&[account, ("PATH", "/nowhere")], &["show", "wake"]).await;
    let said = &ended.err;
    assert!(
        ended.code == Some(2) && said.contains("az login") && said.lines().count() == 1 && said.contains("az not found"),
        "{said}"
    );
    let managed = ("AzureWebJobsStorage__credential", "managedidentity");
    let endpoint = [("IDENTITY_ENDPOINT", "http://127.0.0.1:1"), ("IDENTITY_HEADER", "hush")];
    let ended = queues(&[account, managed, endpoint[0], endpoint[1]], &["show", "wake"]).await;
    assert!(ended.code == Some(2) && ended.err.contains("give the app its identity"), "{}", ended.err);
    assert!(!ended.err.contains("hush"), "{}", ended.err);
}
