//! The real handler, as a process: how it starts, how it refuses to, and what is left when it is killed at any point of a call.
//!
//! These tests run in real time, since no other clock reaches into a process.

pub(crate) mod goes_on;
mod scene;
mod starts;

use std::{
    net::{Ipv4Addr, TcpListener},
    process::{Output, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, Ordering},
    },
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::{Child, Command},
    sync::oneshot,
    time::{Duration, timeout},
};

/// Far more than a start takes, also on a machine that is busy.
const STARTS_WITHIN: Duration = Duration::from_secs(20);

/// What the handler's environment holds.
type Environment = Vec<(&'static str, String)>;

fn command(environment: &Environment) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handler"));
    command.env_clear().envs(environment.iter().cloned()).stdin(Stdio::null()).kill_on_drop(true);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A handler that runs. Dropped, it is killed.
struct Handler {
    child: Child,
    printed: Arc<Mutex<String>>,
}

impl Handler {
    /// Starts one and waits until it listens.
    async fn start(environment: &Environment) -> Self {
        let mut child = command(environment).spawn().unwrap();
        let printed = Arc::new(Mutex::new(String::new()));
        let (up, is_up) = oneshot::channel();
        let out = child.stdout.take().unwrap();
        tokio::spawn(read_lines(out, Arc::clone(&printed), up));
        let handler = Self { child, printed };
        let started = timeout(STARTS_WITHIN, is_up).await;
        assert!(matches!(started, Ok(Ok(()))), "the handler does not start: {}", handler.printed.lock().unwrap());
        handler
    }

    /// SIGKILL: nothing of it is told, nothing is finished. Yields what it had written on standard error.
    async fn kill(mut self) -> String {
        self.child.kill().await.unwrap();
        let mut text = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut text).await.unwrap();
        text
    }
}

async fn read_lines(out: impl tokio::io::AsyncRead + Unpin, printed: Arc<Mutex<String>>, up: oneshot::Sender<()>) {
    let mut lines = BufReader::new(out).lines();
    let mut up = Some(up);
    while let Ok(Some(line)) = lines.next_line().await {
        if line.contains("listening on")
            && let Some(up) = up.take()
        {
            // Whoever waited may have given up.
            let _ = up.send(());
        }
        let mut printed = printed.lock().unwrap();
        printed.push_str(&line);
        printed.push('\n');
    }
}

/// Runs a handler that is to end by itself.
async fn run(environment: &Environment) -> Output {
    timeout(STARTS_WITHIN, command(environment).output()).await.expect("it ends by itself").unwrap()
}

/// The log lines on standard output.
fn log(output: &Output) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))).collect()
}

/// A port that is free, that no other test is given, and that no connection from this machine gets by chance while the handler is
/// away.
fn free_port() -> u16 {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    let first = 12_000 + u16::try_from(std::process::id() % 10_000).unwrap();
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    let mut ports = std::iter::repeat_with(|| first + GIVEN.fetch_add(1, Ordering::Relaxed)).take(10_000);
    ports.find(is_free).expect("one of many ports is free")
}
