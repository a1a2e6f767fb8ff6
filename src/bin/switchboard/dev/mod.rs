//! `switchboard dev`: the bot and a simulated Teams side by side, until stopped.

mod calls;
mod guide;

use std::{
    io::{self, Write, stdout},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use switchboard::{
    app::random_bits,
    server::StartError,
    simulator::clock::Clock,
    stage::{Scene, Stage, StageError},
    store::OpenError,
    telemetry,
};
use tokio::signal;
use tracing::level_filters::LevelFilter;

use self::calls::Calls;
use crate::{
    Ended,
    conversation::{Heard, Listener, Witness},
};

/// Run the bot and a simulated Teams in real time, until Ctrl-C.
///
/// Calls are placed from a second terminal, with requests that are printed at the start, and each is told as it goes on. What the
/// bot knows is kept in a file, and is there again after a restart.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  switchboard dev\n  switchboard dev --flow first_call --port 8080\n\n\
                  Exit codes: 0 it was stopped by Ctrl-C; 2 it could not be run.")]
pub(crate) struct Args {
    /// The flow that takes the calls.
    #[arg(long, default_value = "first_call")]
    flow: String,
    /// The bot's port on 127.0.0.1; 0 is any that is free.
    #[arg(long, default_value_t = 7071)]
    port: u16,
    /// The simulated Teams' port on 127.0.0.1; 0 is any that is free.
    #[arg(long, default_value_t = 4000)]
    teams_port: u16,
    /// The folder where calls and recordings are kept.
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// The folder that holds the flows.
    #[arg(long, value_name = "DIR", default_value = "flows")]
    flows: PathBuf,
}

pub(crate) async fn run(args: Args) -> Ended {
    // Before anything else, so that no Ctrl-C is taken for the end of everything.
    let stopped = signal::ctrl_c();
    telemetry::for_people(LevelFilter::WARN);
    let mut listener = Listener::new();
    let stage = Stage::with(scene(&args), |store| Arc::new(Witness::before(store, &listener))).await;
    let stage = stage.map_err(|error| explain(&args, error))?;
    listener.observe(stage.teams.observations());
    guide::print(&args, &stage)?;
    tokio::select! {
        stopped = stopped => stopped?,
        ended = tell(listener, &stage) => ended?,
    }
    writeln!(stdout(), "\nStopped. The calls are kept in {}.", calls_file(&args).display())?;
    Ok(ExitCode::SUCCESS)
}

fn scene(args: &Args) -> Scene {
    let mut scene = Scene::new(args.flows.clone(), &args.flow, &args.data);
    scene.calls = calls_file(args);
    scene.clock = Clock::real();
    scene.ports = (args.port, args.teams_port);
    // Nobody real is called, and nothing costs anything.
    scene.settings.insert("DIAL_ALLOW", "users,instances,meetings,+*".to_owned());
    // Calls get their ids by the seed, and the bot remembers those of an earlier run.
    scene.seed = random_bits() as u64;
    scene
}

fn calls_file(args: &Args) -> PathBuf {
    args.data.join("dev.redb")
}

/// The error, in words of this command's options.
fn explain(args: &Args, error: StageError) -> String {
    match error {
        StageError::PortTaken(port) => {
            let option = if port == args.port { "--port" } else { "--teams-port" };
            format!("{error}: end the program that listens there, or choose another port with {option}")
        }
        StageError::Bot(StartError::Store(OpenError::InUse(file))) => {
            format!("{} is in use by another process: end that one, or choose another folder with --data", file.display())
        }
        error => error.to_string(),
    }
}

/// Prints what happens in all calls; ends only with an error of the terminal.
async fn tell(mut listener: Listener, stage: &Stage) -> io::Result<()> {
    let mut calls = Calls::default();
    loop {
        let lines = match listener.next().await {
            Heard::Observed(observation) => calls.observed(&observation, &stage.teams.placed()),
            Heard::Kept(kept) => calls.kept(*kept),
            Heard::Ordered(..) | Heard::Told(_) => Vec::new(),
        };
        lines.iter().try_for_each(|line| writeln!(stdout(), "{line}"))?;
    }
}
