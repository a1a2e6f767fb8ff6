//! `switchboard dial`: one call against the real bot, in a simulated Teams.

mod hook;
mod keypad;
mod order;
mod teller;
mod verdict;

use std::{
    fs,
    io::{Write, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use clap::ValueEnum;
use switchboard::{
    simulator::{
        clock::Clock,
        script::{self, Script},
    },
    stage::{Scene, Stage},
};

use crate::{
    Ended,
    conversation::{Listener, Story, Witness},
    scratch::Scratch,
};

pub(crate) use verdict::sound;

use teller::Teller;

/// Play a scripted call against the bot, or an order that it rings people for, and print the conversation.
///
/// The bot is the real one: it is reached over HTTP on this machine, with signed notifications, and keeps its state in a file.
/// Only Teams is simulated, and time, which passes as fast as nothing happens.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  switchboard dial\n  switchboard dial --mishaps 7\n  switchboard dial --flow alarm\n  switchboard dial --flow first_call --interactive\n\n\
                  Exit codes: 0 the call ended as the script says; 1 it did not; 2 it could not be played."
)]
pub(crate) struct Args {
    /// The flow that takes the call.
    #[arg(long, default_value = "first_call")]
    flow: String,
    /// What the caller does, or the order and what those do who are rung; `dial.toml` in the flow's folder if not given.
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
    if let Some(given) = order::read(&args)? {
        return order::play(&args, given).await;
    }
    let script = if args.interactive { Script::default() } else { read_script(&args)? };
    let folder = Scratch::new()?;
    let mut listener = Listener::new();
    let stage = Stage::with(scene(&args, &folder.0), |store| Arc::new(Witness::before(store, &listener))).await?;
    listener.observe(stage.teams.observations());
    let mut teller = Teller::of(Story::new(), args.format);
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
    let path = script_path(args);
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    script::parse(&text).map_err(|error| format!("{}: {}", path.display(), error.trim_end()).into())
}

fn script_path(args: &Args) -> PathBuf {
    args.script.clone().unwrap_or_else(|| args.flows.join(&args.flow).join("dial.toml"))
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
