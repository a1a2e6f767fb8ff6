//! `switchboard dial`: one call against the real bot, in a simulated Teams.

mod conversation;
mod keypad;
mod verdict;
mod witness;

use std::{
    fs, io,
    io::{IsTerminal, Write, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use clap::ValueEnum;
use jiff::Timestamp;
use switchboard::{
    app::random_bits,
    call::Call,
    simulator::{
        clock::Clock,
        observation::Observation,
        script::{self, Script},
    },
    stage::{Scene, Stage},
};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use self::witness::{Kept, Witness};
use crate::Ended;

/// Play a scripted call against the bot and print the conversation.
///
/// The bot is the real one: it is reached over HTTP on this machine, with signed notifications, and keeps its state in a file.
/// Only Teams is simulated, and time, which passes as fast as nothing happens.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  switchboard dial\n  switchboard dial --mishaps 7\n  switchboard dial --flow front_desk --interactive\n\n\
                  Exit codes: 0 the call ended as the script says; 1 it did not; 2 it could not be played."
)]
pub(crate) struct Args {
    /// The flow that takes the call.
    #[arg(long, default_value = "front_desk")]
    flow: String,
    /// What the caller does; `dial.toml` in the flow's folder if not given.
    #[arg(long, value_name = "FILE", conflicts_with = "interactive")]
    script: Option<PathBuf>,
    /// Let Teams be unkind in a way that this number decides: repeat, delay and drop notifications, fail requests.
    #[arg(long, value_name = "SEED")]
    mishaps: Option<u64>,
    /// How the call is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Be the caller: type keys, in real time.
    #[arg(long)]
    interactive: bool,
    /// The folder that holds the flows.
    #[arg(long, value_name = "DIR", default_value = "flows")]
    flows: PathBuf,
    /// Where recordings are kept.
    #[arg(long, value_name = "DIR", default_value = "data/recordings")]
    recordings: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A conversation.
    Text,
    /// The entries of the call's journal as they are stored, a JSON object a line.
    Json,
}

pub(crate) async fn run(args: Args) -> Ended {
    let script = if args.interactive { Script::default() } else { read_script(&args)? };
    let folder = CallsFolder::new()?;
    let (kept, witnessed) = unbounded_channel();
    let stage = Stage::with(scene(&args, &folder.0), |store| Arc::new(Witness { store, kept })).await?;
    let mut listener = Listener::new(args.format, stage.teams.observations(), witnessed);
    let hold = stage.hold();
    let id = stage.teams.ring(script);
    drop(hold);
    let mut keypad = args.interactive.then(keypad::start);
    let pressing = async {
        match &mut keypad {
            Some(keypad) => keypad.press(&stage.teams, &id).await,
            None => std::future::pending().await,
        }
    };
    let call = tokio::select! {
        call = stage.rest(&id) => call?,
        never = listener.listen() => never?,
        () = pressing => None,
    };
    listener.rest()?;
    let ledger = stage.teams.ledger(&id).unwrap_or_default();
    let verdict = verdict::judge(&ledger, call.as_ref());
    if args.format == Format::Text {
        let lines = verdict::tell(&verdict, call.as_ref(), &args.recordings);
        writeln!(stdout(), "\n{lines}")?;
    } else if let Err(why) = &verdict {
        eprintln!("{why}");
    }
    Ok(ExitCode::from(u8::from(verdict.is_err())))
}

fn read_script(args: &Args) -> Result<Script, Box<dyn std::error::Error>> {
    let path = args.script.clone().unwrap_or_else(|| args.flows.join(&args.flow).join("dial.toml"));
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    script::parse(&text).map_err(|error| format!("{}: {}", path.display(), error.trim_end()).into())
}

fn scene(args: &Args, folder: &Path) -> Scene {
    let mut scene = Scene::new(args.flows.clone(), &args.flow, folder);
    scene.recordings.clone_from(&args.recordings);
    scene.mishaps = args.mishaps;
    scene.seed = args.mishaps.unwrap_or(1);
    if args.interactive {
        scene.clock = Clock::real();
    }
    scene
}

/// A folder for this call's state, gone with it.
struct CallsFolder(PathBuf);

impl CallsFolder {
    fn new() -> io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("switchboard-dial-{:016x}", random_bits() as u64));
        fs::create_dir(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for CallsFolder {
    fn drop(&mut self) {
        // What is left in a folder for temporary files does no harm.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Prints a call as it goes on.
struct Listener {
    format: Format,
    observations: UnboundedReceiver<Observation>,
    witnessed: UnboundedReceiver<Kept>,
    since: Option<Timestamp>,
    before: Option<Call>,
}

impl Listener {
    fn new(format: Format, observations: UnboundedReceiver<Observation>, witnessed: UnboundedReceiver<Kept>) -> Self {
        Self { format, observations, witnessed, since: None, before: None }
    }

    /// Prints until dropped; ends only with an error of the terminal.
    async fn listen(&mut self) -> io::Result<Option<Call>> {
        loop {
            tokio::select! {
                biased;
                Some(observation) = self.observations.recv() => self.observed(&observation)?,
                Some(kept) = self.witnessed.recv() => self.kept(kept)?,
            }
        }
    }

    /// Prints what has not been printed yet.
    fn rest(&mut self) -> io::Result<()> {
        while let Ok(observation) = self.observations.try_recv() {
            self.observed(&observation)?;
        }
        while let Ok(kept) = self.witnessed.try_recv() {
            self.kept(kept)?;
        }
        Ok(())
    }

    fn observed(&mut self, observation: &Observation) -> io::Result<()> {
        match conversation::observed(observation) {
            Some(line) if self.format == Format::Text => self.print(&line, observation.at),
            _ => Ok(()),
        }
    }

    fn kept(&mut self, Kept { at, call }: Kept) -> io::Result<()> {
        match self.format {
            Format::Json => print_journal(&call, self.before.as_ref())?,
            Format::Text => {
                if let Some(line) = conversation::stored(&call, self.before.as_ref()) {
                    self.print(&line, at)?;
                }
            }
        }
        self.before = Some(call);
        Ok(())
    }

    fn print(&mut self, line: &conversation::Line, at: Timestamp) -> io::Result<()> {
        let since = *self.since.get_or_insert(at);
        let mut out = stdout().lock();
        writeln!(out, "{}", line.print(at, since, out.is_terminal()))
    }
}

/// Prints the entries that were written since `before`.
fn print_journal(call: &Call, before: Option<&Call>) -> io::Result<()> {
    let known = before.map_or(0, |call| call.journal.written());
    let new = usize::try_from(call.journal.written() - known).unwrap_or(usize::MAX);
    let entries: Vec<_> = call.journal.entries().collect();
    let mut out = stdout().lock();
    for entry in &entries[entries.len().saturating_sub(new)..] {
        writeln!(out, "{}", serde_json::to_string(entry)?)?;
    }
    Ok(())
}
