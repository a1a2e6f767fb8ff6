//! `switchboard dial`: one call against the real bot, in a simulated Teams.

mod keypad;
mod verdict;

use std::{
    fs,
    io::{self, Write, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use clap::ValueEnum;
use switchboard::{
    call::Call,
    simulator::{
        clock::Clock,
        observation::Observation,
        script::{self, Script},
    },
    stage::{Scene, Stage},
};

use crate::{
    Ended,
    conversation::{Heard, Kept, Listener, Story, Witness},
    scratch::Scratch,
};

pub(crate) use verdict::sound;

/// Play a scripted call against the bot and print the conversation.
///
/// The bot is the real one: it is reached over HTTP on this machine, with signed notifications, and keeps its state in a file.
/// Only Teams is simulated, and time, which passes as fast as nothing happens.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  switchboard dial\n  switchboard dial --mishaps 7\n  switchboard dial --flow first_call --interactive\n\n\
                  Exit codes: 0 the call ended as the script says; 1 it did not; 2 it could not be played."
)]
pub(crate) struct Args {
    /// The flow that takes the call.
    #[arg(long, default_value = "first_call")]
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
    let folder = Scratch::new()?;
    let mut listener = Listener::new();
    let stage = Stage::with(scene(&args, &folder.0), |store| Arc::new(Witness::before(store, &listener))).await?;
    listener.observe(stage.teams.observations());
    let mut teller = Teller { format: args.format, story: Story::new(), printed: 0 };
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
        never = teller.tell_all(&mut listener) => never?,
        () = pressing => None,
    };
    listener.rest().into_iter().try_for_each(|heard| teller.tell(heard))?;
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

/// Prints a call as it goes on.
struct Teller {
    format: Format,
    story: Story,
    /// How many entries of the journal are printed.
    printed: u64,
}

impl Teller {
    /// Prints until dropped; ends only with an error of the terminal.
    async fn tell_all(&mut self, listener: &mut Listener) -> io::Result<Option<Call>> {
        loop {
            self.tell(listener.next().await)?;
        }
    }

    fn tell(&mut self, heard: Heard) -> io::Result<()> {
        match heard {
            Heard::Observed(observation) => self.observed(&observation),
            Heard::Kept(kept) => self.kept(*kept),
        }
    }

    fn observed(&mut self, observation: &Observation) -> io::Result<()> {
        match self.format {
            Format::Text => print(self.story.observed(observation)),
            Format::Json => Ok(()),
        }
    }

    fn kept(&mut self, kept: Kept) -> io::Result<()> {
        match self.format {
            Format::Text => print(self.story.kept(kept)),
            Format::Json => self.print_journal(&kept.call),
        }
    }

    /// Prints the entries that are new.
    fn print_journal(&mut self, call: &Call) -> io::Result<()> {
        let new = call.journal.written() - std::mem::replace(&mut self.printed, call.journal.written());
        let entries: Vec<_> = call.journal.entries().collect();
        let known = entries.len().saturating_sub(usize::try_from(new).unwrap_or(usize::MAX));
        let mut out = stdout().lock();
        for entry in &entries[known..] {
            writeln!(out, "{}", serde_json::to_string(entry)?)?;
        }
        Ok(())
    }
}

fn print(line: Option<String>) -> io::Result<()> {
    match line {
        Some(line) => writeln!(stdout(), "{line}"),
        None => Ok(()),
    }
}
