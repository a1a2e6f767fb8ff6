//! The handler with `STATE_STORE=cosmos` and something wrong with the account: it says what and what to do about it, in one line,
//! and goes on answering.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use reqwest::Client;
use serde_json::Value;
use switchboard::stage::{Scene, environment};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    net::TcpListener,
    process::{Child, ChildStdout, Command},
};

use super::emulator::{Asked::Topology, Emulator, KEY, Mishap::Refused};

/// Far more than it takes, also on a machine that is busy.
const WITHIN: Duration = Duration::from_secs(30);

/// How long between two looks at whether it listens.
const LOOK_EACH: Duration = Duration::from_millis(10);

/// A handler that runs. Dropped, it is killed.
struct Handler {
    url: String,
    lines: Lines<BufReader<ChildStdout>>,
    _child: Child,
    _data: tempfile::TempDir,
}

impl Handler {
    /// The handler as it is started with these settings on top.
    async fn with(settings: &[(&'static str, &str)]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let flows = concat!(env!("CARGO_MANIFEST_DIR"), "/flows").into();
        let nowhere = "http://127.0.0.1:9";
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let mut command = Command::new(env!("CARGO_BIN_EXE_handler"));
        command.env_clear().envs(environment(
            &Scene::new(flows, "first_call", data.path()),
            nowhere,
            nowhere,
            "secret",
            "a-key-of-the-test",
        ));
        command.env("STATE_STORE", "cosmos").env("FUNCTIONS_CUSTOMHANDLER_PORT", port.to_string());
        command.envs(settings.iter().copied()).stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { url: format!("http://127.0.0.1:{port}"), lines, _child: child, _data: data }
    }

    /// The next line of the log that tells of an error.
    async fn error(&mut self) -> String {
        loop {
            let line = tokio::time::timeout(WITHIN, self.lines.next_line()).await.expect("it says what is wrong");
            let line: Value = serde_json::from_str(&line.unwrap().expect("it goes on")).expect("a line of the log is JSON");
            if line["level"] == "error" {
                return line["message"].as_str().unwrap().to_owned();
            }
        }
    }

    /// What it answers; it may have something to say before it listens.
    async fn status(&self, path: &str) -> u16 {
        let client = Client::builder().no_proxy().build().unwrap();
        let by = Instant::now() + WITHIN;
        loop {
            match client.get(format!("{}{path}", self.url)).send().await {
                Ok(reply) => return reply.status().as_u16(),
                Err(error) => assert!(error.is_connect() && Instant::now() < by, "it does not answer: {error}"),
            }
            tokio::time::sleep(LOOK_EACH).await;
        }
    }
}

/// What the handler says first, and no more than once; asserts that it goes on answering all the while.
async fn said(settings: &[(&'static str, &str)]) -> String {
    let mut handler = Handler::with(settings).await;
    let said = handler.error().await;
    assert!(said.starts_with("no calls can be kept: ") && !said.contains('\n'), "{said}");
    assert_eq!((handler.status("/").await, handler.status("/api/health").await), (200, 503));
    // Health has waited for the account before it said why it is not ready.
    let mut later = handler.error().await;
    while !later.starts_with("not ready: ") {
        assert_ne!(later, said, "it is said once");
        later = handler.error().await;
    }
    said
}

#[tokio::test]
async fn a_wrong_endpoint_is_named_with_what_to_do() {
    let emulator = Emulator::start().await;
    let url = emulator.url();
    drop(emulator);
    let said = said(&[("COSMOS_ENDPOINT", &url), ("COSMOS_KEY", KEY)]).await;
    assert!(said.contains(&format!("COSMOS_ENDPOINT {url}")) && said.contains("check the address"), "{said}");
}

#[tokio::test]
async fn a_wrong_key_is_named_with_what_to_do_and_not_shown() {
    let emulator = Emulator::start().await;
    emulator.fail(Topology, vec![Refused(401); 100]);
    let said = said(&[("COSMOS_ENDPOINT", &emulator.url()), ("COSMOS_KEY", "c2VjcmV0")]).await;
    assert!(said.contains("refuses COSMOS_KEY (401") && said.contains("set it to the emulator's key"), "{said}");
    assert!(!said.contains("c2VjcmV0"), "{said}");
}

#[tokio::test]
async fn a_missing_container_is_named_with_what_to_do() {
    let emulator = Emulator::with(&["flows"]).await;
    let said = said(&[("COSMOS_ENDPOINT", &emulator.url()), ("COSMOS_KEY", KEY)]).await;
    assert!(said.contains("has no container calls") && said.contains("templates in infra/"), "{said}");
}
