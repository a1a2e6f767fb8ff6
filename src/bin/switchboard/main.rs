//! The developer's commands.

mod calls;
mod check;
mod conversation;
mod dev;
mod dial;
mod doctor;
mod graph;
mod package;
mod prompts;
mod queues;
mod schema;
mod scratch;
mod secret;
mod test;

use std::{error::Error, future::Future, process::ExitCode};

use clap::{Parser, Subcommand};

/// A calling bot for Microsoft Teams: what a call does is one file.
#[derive(Parser)]
#[command(name = "switchboard", version, about, after_help = EXIT_CODES)]
struct Switchboard {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str =
    "Exit codes: 0 all is well; 1 something is wrong with a flow, a package or the app; 2 the command could not be run.";

#[derive(Subcommand)]
enum Command {
    Dial(dial::Args),
    Dev(dev::Args),
    Calls(calls::Args),
    Check(check::Args),
    Test(test::Args),
    Graph(graph::Args),
    Schema(schema::Args),
    Prompts(prompts::Args),
    Package(package::Args),
    Doctor(doctor::Args),
    Queues(queues::Args),
    Secret(secret::Args),
}

/// How a command ended; an error is one of the command itself and not of the flows.
type Ended = Result<ExitCode, Box<dyn Error>>;

fn main() -> ExitCode {
    let ended = match Switchboard::parse().command {
        Command::Dial(args) => on_tokio(dial::run(args)),
        Command::Dev(args) => on_tokio(dev::run(args)),
        Command::Calls(args) => on_tokio(calls::run(args)),
        Command::Check(args) => check::run(&args),
        Command::Test(args) => on_tokio(test::run(args)),
        Command::Graph(args) => graph::run(&args),
        Command::Schema(args) => schema::run(&args),
        Command::Prompts(args) => prompts::run(&args),
        Command::Package(args) => package::run(&args),
        Command::Doctor(args) => on_tokio(doctor::run(args)),
        Command::Queues(args) => on_tokio(queues::run(args)),
        Command::Secret(args) => secret::run(&args),
    };
    ended.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::from(2)
    })
}

fn on_tokio(command: impl Future<Output = Ended>) -> Ended {
    tokio::runtime::Runtime::new()?.block_on(command)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Switchboard;

    #[test]
    fn the_commands_are_well_formed() {
        Switchboard::command().debug_assert();
    }
}
