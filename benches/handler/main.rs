//! The handler as Azure runs it, measured from outside: `cargo bench --bench handler`.
//!
//! The real program, in a process of its own, against a simulated Teams in this one, over loopback, its calls in a file, and for
//! its start also in Cosmos DB behind TLS.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run may stop")]

mod account;

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use switchboard::{
    call::{Call, CallbackSecret, GraphCallId, Incoming, Terms},
    simulator::{
        observation::{Observation, Seen},
        script::{self, Script},
        server::{Options, Running, Simulator},
        setup::Setup,
    },
    stage::{APP_ID, Scene, TENANT, environment},
    store::{Calls, Embedded},
};
use tempfile::TempDir;
use tokio::{runtime::Runtime, sync::mpsc::UnboundedReceiver};

use account::Account;

const HANDLER: &str = env!("CARGO_BIN_EXE_handler");
const SECRET: &str = "a secret of nobody";
const STARTS: usize = 40;
const CALLS: usize = 400;
const AT_ONCE: usize = 1_000;

fn main() {
    // `cargo test --benches` only wants to know that it is there.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let runtime = Runtime::new().unwrap();
    let _inside = runtime.enter();
    let starts: Vec<_> = in_one_folder(STARTS, |data| start(&runtime, data, &[]));
    row("process start to first reply", &times(&starts, |start| start.first_reply));
    row("process start to first call answered", &times(&starts, |start| start.first_answer));
    let certificates = TempDir::new().unwrap();
    let account = runtime.block_on(Account::start(certificates.path()));
    let remote: Vec<_> = in_one_folder(STARTS, |data| start(&runtime, data, &account.environment()));
    row("the same, Cosmos DB over TLS", &times(&remote, |start| start.first_answer));
    let stored = store_alone(&runtime);
    let load = under_load(&runtime);
    row("notification in, first Graph request out", &load.answers);
    row("of which a write of the store", &stored);
    line("resident, idle", &format!("{:.1} MiB", starts.last().unwrap().idle));
    line(&format!("resident, most in {AT_ONCE} calls at once"), &format!("{:.1} MiB", load.most));
    line("resident, after them", &format!("{:.1} MiB", load.after));
    line("binary, stripped", &format!("{:.1} MiB", mebibytes(fs::metadata(HANDLER).unwrap().len())));
}

/// What one start showed.
struct Start {
    first_reply: Duration,
    first_answer: Duration,
    idle: f64,
}

fn in_one_folder<T>(times: usize, mut measure: impl FnMut(&Path) -> T) -> Vec<T> {
    let data = TempDir::new().unwrap();
    // The first makes the files, and reads the program from the disk.
    measure(data.path());
    (0..times).map(|_| measure(data.path())).collect()
}

fn start(runtime: &Runtime, data: &Path, settings: &[(&str, String)]) -> Start {
    let mut teams = Teams::new(runtime);
    let (began, began_at) = (Instant::now(), Timestamp::now());
    let handler = Handler::start(&teams, data, settings);
    let first_reply = handler.first_reply(began);
    let idle = handler.memory("VmRSS");
    teams.running.ring(Script::default());
    let (answered, _) = runtime.block_on(teams.answered());
    Start { first_reply, first_answer: answered.duration_since(began_at).unsigned_abs(), idle }
}

/// What calls, one after the other and then many at once, showed.
struct Load {
    answers: Vec<Duration>,
    most: f64,
    after: f64,
}

fn under_load(runtime: &Runtime) -> Load {
    let data = TempDir::new().unwrap();
    let mut teams = Teams::new(runtime);
    let handler = Handler::start(&teams, data.path(), &[]);
    handler.first_reply(Instant::now());
    let answers = (0..CALLS).map(|_| runtime.block_on(one_call(&mut teams))).collect();
    runtime.block_on(many_calls(&teams));
    Load { answers, most: handler.memory("VmHWM"), after: handler.memory("VmRSS") }
}

/// One call, hung up as soon as it is answered; yields how long its caller waited for that.
async fn one_call(teams: &mut Teams) -> Duration {
    let call = teams.running.ring(Script::default());
    let (answered, rang) = teams.answered().await;
    teams.running.hang_up(&call);
    teams.running.settled(&call).await;
    answered.duration_since(rang).unsigned_abs()
}

/// Many at once, each hung up after a menu and a wrong key.
async fn many_calls(teams: &Teams) {
    let script =
        "[[does]]\nhears = \"welcome\"\n[[does]]\nhears = \"main_menu\"\npresses = \"9\"\nhangs_up = true\nbarge_in = true\n";
    let script = script::parse(script).unwrap();
    let calls: Vec<_> = (0..AT_ONCE).map(|_| teams.running.ring(script.clone())).collect();
    teams.running.quiet().await;
    let answered = calls.iter().filter(|call| teams.running.ledger(call).is_some_and(|ledger| ledger.answers == 1));
    assert_eq!(answered.count(), AT_ONCE, "every call is answered, once");
}

/// What a write of the store costs by itself, on the same disk.
fn store_alone(runtime: &Runtime) -> Vec<Duration> {
    let data = TempDir::new().unwrap();
    let store = Embedded::open(&data.path().join("calls.redb")).unwrap();
    let create = |n| {
        let (call, began) = (call(n), Instant::now());
        runtime.block_on(store.create(&call, Timestamp::now())).unwrap();
        began.elapsed()
    };
    (0..CALLS).map(create).collect()
}

fn call(n: usize) -> Call {
    let call = GraphCallId::parse(&format!("{n:032x}")).unwrap();
    let terms = Terms {
        tenant: TENANT.to_owned(),
        flow: "first_call".to_owned(),
        flow_version: "0123456789abcdef0123456789abcdef".to_owned(),
        secret: CallbackSecret::new(7),
        max_minutes: 60,
        kept_for_s: 60,
    };
    Call::ringing(&Incoming { call, from: None, to: None, is_group: false }, terms, Timestamp::now())
}

/// The simulated Teams, in real time.
struct Teams {
    running: Running,
    observations: UnboundedReceiver<Observation>,
    bot_port: u16,
}

impl Teams {
    fn new(runtime: &Runtime) -> Self {
        let bot_port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let webhook = format!("http://127.0.0.1:{bot_port}/api/notifications");
        let flows = switchboard::flows::Shelf::read(&flows()).unwrap();
        let captions = switchboard::stage::captions(&flows);
        // Each has ids of its own: the bot remembers the calls of the one before.
        let setup =
            Setup { app_id: APP_ID.into(), tenant: TENANT.into(), webhook, captions, seed: bot_port.into(), ..Setup::default() };
        let running = runtime.block_on(Simulator::start(Options::new(setup, SECRET.to_owned().into()))).unwrap();
        let observations = running.observations();
        Self { running, observations, bot_port }
    }

    /// When the next call was answered, and when it began to ring.
    async fn answered(&mut self) -> (Timestamp, Timestamp) {
        let mut rang = None;
        loop {
            let observation = self.observations.recv().await.unwrap();
            match (observation.what, rang) {
                (Seen::Rang { .. }, _) => rang = Some(observation.at),
                (Seen::Answered, Some(rang)) => return (observation.at, rang),
                _ => {}
            }
        }
    }
}

/// The handler's process, until dropped.
struct Handler {
    child: Child,
    port: u16,
}

impl Handler {
    /// Starts it, with settings on top.
    fn start(teams: &Teams, data: &Path, settings: &[(&str, String)]) -> Self {
        let port = teams.bot_port;
        let mut command = Command::new(HANDLER);
        command.env_clear().env("FUNCTIONS_CUSTOMHANDLER_PORT", port.to_string()).stdout(Stdio::null());
        let scene = Scene::new(flows(), "first_call", data);
        let bot_url = format!("http://127.0.0.1:{port}");
        command.envs(environment(&scene, &bot_url, teams.running.base_url(), SECRET, "a key of nobody here"));
        command.envs(settings.iter().map(|(name, value)| (name, value)));
        Self { child: command.spawn().unwrap(), port }
    }

    /// How long after `began` it answers.
    fn first_reply(&self, began: Instant) -> Duration {
        let mut connection = loop {
            match TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)) {
                Ok(connection) => break connection,
                Err(_) => std::thread::yield_now(),
            }
        };
        connection.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
        let mut status = [0; 12];
        connection.read_exact(&mut status).unwrap();
        assert_eq!(&status, b"HTTP/1.1 200");
        began.elapsed()
    }

    /// A line of its status, in MiB; not a number where the system has no such file.
    fn memory(&self, line: &str) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let kib = status.lines().find_map(|found| found.strip_prefix(line)?.split_whitespace().nth(1)?.parse::<u64>().ok());
        kib.map_or(f64::NAN, |kib| mebibytes(kib * 1024))
    }
}

impl Drop for Handler {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn flows() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("flows")
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}

fn times(starts: &[Start], of: fn(&Start) -> Duration) -> Vec<Duration> {
    starts.iter().map(of).collect()
}

/// Prints the median, and what one in a hundred exceeds.
fn row(what: &str, times: &[Duration]) {
    let mut ms: Vec<_> = times.iter().map(|time| time.as_secs_f64() * 1000.0).collect();
    ms.sort_by(f64::total_cmp);
    let slow = ms[(ms.len() * 99).div_ceil(100) - 1];
    line(what, &format!("{:.2} ms median, {slow:.2} ms in 99 of 100, of {}", ms[ms.len() / 2], ms.len()));
}

fn line(what: &str, value: &str) {
    println!("{what:<42} {value}");
}
