//! `switchboard dev`, as somebody with two terminals uses it.

use std::{
    net::TcpListener,
    path::Path,
    process::{Output, Stdio},
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

/// How long anything may take here. Longer than all of it takes on a busy machine.
const WITHIN: Duration = Duration::from_secs(60);

/// The command, with its output in a pipe.
fn command(data: &Path, ports: [u16; 2]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_switchboard"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).arg("dev").arg("--data").arg(data).kill_on_drop(true);
    command.args(["--port", &ports[0].to_string(), "--teams-port", &ports[1].to_string()]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A first terminal, in which the command runs.
struct Terminal {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Terminal {
    fn start(data: &Path) -> Self {
        let mut child = command(data, [0, 0]).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// What follows `phrase` in the next line that has it.
    async fn reads(&mut self, phrase: &str) -> String {
        let found = async {
            while let Some(line) = self.lines.next_line().await.unwrap() {
                if let Some((_, rest)) = line.split_once(phrase) {
                    return rest.trim().to_owned();
                }
            }
            panic!("it ended without a word of {phrase:?}")
        };
        timeout(WITHIN, found).await.expect("it is there in time")
    }

    /// Presses Ctrl-C, and waits for the end.
    async fn interrupt(mut self) -> Option<i32> {
        let id = self.child.id().expect("it still runs").to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().await.unwrap().success());
        timeout(WITHIN, self.child.wait()).await.expect("it ends in time").unwrap().code()
    }
}

/// Places a call, and yields its id as the bot has it.
async fn ring(teams: &str) -> String {
    let reply = reqwest::Client::new().post(format!("{teams}/simulator/calls")).send().await.unwrap();
    let reply: serde_json::Value = serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap();
    reply["call"].as_str().unwrap().to_owned()
}

/// The status with which the bot shows a call.
async fn shown(bot: &str, call: &str, key: &str) -> u16 {
    let request = reqwest::Client::new().get(format!("{bot}/api/calls/{call}")).header("x-functions-key", key);
    request.send().await.unwrap().status().as_u16()
}

async fn refused(command: &mut Command) -> Output {
    timeout(WITHIN, command.output()).await.expect("it ends in time").unwrap()
}

#[cfg(unix)]
#[tokio::test]
async fn a_call_placed_from_a_second_terminal_is_answered_and_remembered_after_a_restart() {
    let data = TempDir::new().unwrap();
    let mut terminal = Terminal::start(data.path());
    let bot = terminal.reads("The bot:").await;
    let teams = terminal.reads("The simulated Teams:").await;
    let key = terminal.reads("CALLS_API_KEY:").await;
    let call = ring(&teams).await;
    assert_eq!(terminal.reads("#1 is call").await, call);
    terminal.reads("bot     answers").await;
    assert_eq!((shown(&bot, &call, &key).await, shown(&bot, &call, "a wrong key").await), (200, 401));
    assert_eq!(terminal.interrupt().await, Some(0));

    let mut terminal = Terminal::start(data.path());
    let bot = terminal.reads("The bot:").await;
    let teams = terminal.reads("The simulated Teams:").await;
    let key = terminal.reads("CALLS_API_KEY:").await;
    assert_eq!(shown(&bot, &call, &key).await, 200);
    assert_ne!(ring(&teams).await, call);
    terminal.reads("bot     answers").await;
    assert_eq!(terminal.interrupt().await, Some(0));
}

#[tokio::test]
async fn a_port_that_is_taken_is_told_in_one_sentence() {
    let data = TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    for (ports, option) in [([port, 0], "--port"), ([0, port], "--teams-port")] {
        let output = refused(&mut command(data.path(), ports)).await;
        let words = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words}");
        let expected =
            format!("error: port {port} is taken: end the program that listens there, or choose another port with {option}\n");
        assert_eq!(words, expected);
    }
}
