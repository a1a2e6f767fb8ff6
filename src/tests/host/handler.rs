//! The handler's process, as a host looks after it: started, waited for, started again when it dies, in the end given up.

use std::{
    collections::VecDeque,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use reqwest::Client;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
    sync::{Notify, watch},
    task::AbortHandle,
    time::Instant,
};

use super::{declared::AppSettings, envelope::guid};

/// How often a starting handler is asked whether it is up.
const ASKED_EACH: Duration = Duration::from_millis(25);

/// The exit code that asks for a new start, and is no error.
const RESTART: i32 = 200;

/// How many lines of output are kept.
const LINES_KEPT: usize = 400;

/// How the handler stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Started, and not up yet.
    Starting,
    /// It answers.
    Up,
    /// It ended with 0, which a host takes for a success: it is not started again, and every invocation fails from now on.
    Ended,
    /// It died too often, or did not come up: the host shuts down.
    GivenUp,
}

/// How a handler is run.
pub(super) struct Run {
    pub(super) executable: PathBuf,
    pub(super) folder: PathBuf,
    pub(super) port: u16,
    pub(super) settings: AppSettings,
    pub(super) ready_within: Duration,
    /// At this death the host gives up.
    pub(super) deaths_borne: usize,
}

/// A handler under a host's care, until dropped.
pub(super) struct Handler {
    standing: watch::Receiver<Standing>,
    kill: Arc<Notify>,
    lines: Arc<Lines>,
    care: AbortHandle,
}

impl Handler {
    /// Starts one. It may not be up yet.
    pub(super) fn start(run: Run) -> Self {
        let (told, standing) = watch::channel(Standing::Starting);
        let kill = Arc::new(Notify::new());
        let lines = Arc::new(Lines::default());
        let care = tokio::spawn(look_after(run, told, Arc::clone(&kill), Arc::clone(&lines))).abort_handle();
        Self { standing, kill, lines, care }
    }

    /// How it stands.
    pub(super) fn standing(&self) -> watch::Receiver<Standing> {
        self.standing.clone()
    }

    /// SIGKILL, as a host or a platform ends handlers; yields when the process is gone.
    pub(super) async fn kill(&self) {
        let mut standing = self.standing.clone();
        standing.mark_unchanged();
        self.kill.notify_one();
        // An error says that nobody looks after it any more: then it is gone too.
        let _ = standing.changed().await;
    }

    /// Its latest lines of output.
    pub(super) fn lines(&self) -> Vec<String> {
        self.lines.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

impl Drop for Handler {
    fn drop(&mut self) {
        // The process goes with its task: it is killed when that is dropped.
        self.care.abort();
    }
}

#[derive(Default)]
struct Lines(Mutex<VecDeque<String>>);

impl Lines {
    fn keep(&self, line: String) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push_back(line);
        if lines.len() > LINES_KEPT {
            lines.pop_front();
        }
    }
}

async fn look_after(run: Run, told: watch::Sender<Standing>, kill: Arc<Notify>, lines: Arc<Lines>) {
    let mut deaths = 0;
    let last = loop {
        match live(&run, &told, &kill, &lines).await.map(after) {
            Ok(Next::Never) => break Standing::Ended,
            Ok(Next::Again) => {}
            Ok(Next::AgainAfterDeath) => deaths += 1,
            Err(error) => {
                lines.keep(format!("the handler cannot be run: {error}"));
                break Standing::GivenUp;
            }
        }
        if deaths >= run.deaths_borne {
            break Standing::GivenUp;
        }
        told.send_replace(Standing::Starting);
    };
    told.send_replace(last);
}

/// One life of the handler.
async fn live(run: &Run, told: &watch::Sender<Standing>, kill: &Notify, lines: &Arc<Lines>) -> std::io::Result<ExitStatus> {
    let mut child = spawn(run, lines)?;
    tokio::select! {
        end = child.wait() => return end,
        () = kill.notified() => {}
        () = up(run, told, lines) => {}
    }
    child.kill().await?;
    child.wait().await
}

/// What follows an end.
enum Next {
    Never,
    Again,
    AgainAfterDeath,
}

fn after(end: ExitStatus) -> Next {
    match end.code() {
        Some(0) => Next::Never,
        Some(RESTART) => Next::Again,
        _ => Next::AgainAfterDeath,
    }
}

fn spawn(run: &Run, lines: &Arc<Lines>) -> std::io::Result<Child> {
    let port = run.port.to_string();
    let worker = guid();
    let mut child = Command::new(&run.executable)
        .current_dir(&run.folder)
        .env_clear()
        .envs(&run.settings)
        .envs([("FUNCTIONS_CUSTOMHANDLER_PORT", &port), ("FUNCTIONS_HTTPWORKER_PORT", &port)])
        .envs([("FUNCTIONS_CUSTOMHANDLER_WORKER_ID", &worker), ("FUNCTIONS_HTTPWORKER_ID", &worker)])
        .env("FUNCTIONS_APP_ROOT_PATH", &run.folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    if let Some(out) = child.stdout.take() {
        tokio::spawn(read_lines(out, "", Arc::clone(lines)));
    }
    if let Some(err) = child.stderr.take() {
        tokio::spawn(read_lines(err, "stderr: ", Arc::clone(lines)));
    }
    Ok(child)
}

async fn read_lines(stream: impl AsyncRead + Unpin, mark: &'static str, lines: Arc<Lines>) {
    let mut stream = BufReader::new(stream).lines();
    while let Ok(Some(line)) = stream.next_line().await {
        lines.keep(format!("{mark}{line}"));
    }
}

/// Asks until there is any answer at all, and tells; then waits for ever. Ends where there is none in time.
async fn up(run: &Run, told: &watch::Sender<Standing>, lines: &Lines) {
    let url = format!("http://127.0.0.1:{}/", run.port);
    let client = Client::builder().no_proxy().timeout(run.ready_within).build().unwrap_or_default();
    let since = Instant::now();
    // A refused connection alone says that it is not up; a host takes every other failure for an answer.
    while client.get(&url).send().await.is_err_and(|error| error.is_connect()) {
        if since.elapsed() > run.ready_within {
            return lines.keep("the handler did not come up in time".to_owned());
        }
        tokio::time::sleep(ASKED_EACH).await;
    }
    told.send_replace(Standing::Up);
    std::future::pending().await
}
