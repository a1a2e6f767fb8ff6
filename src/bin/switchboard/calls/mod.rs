//! `switchboard calls`: calls are placed, looked at, told things and ended, by the API of a bot that runs somewhere.

pub(crate) mod client;
mod line;
mod order;
mod table;
mod timeline;

use std::{
    io::{self, Write, stdout},
    process::ExitCode,
    time::Duration,
};

use clap::Subcommand;

use self::{
    client::{Client, Shown},
    line::Paint,
    timeline::Timeline,
};
use crate::Ended;

/// How often a call that is followed is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Place calls, look at them, tell them things and end them, on a bot that runs somewhere.
///
/// The key is read from CALLS_API_KEY, else from FUNCTIONS_KEY, the key of the function where a Functions host is in front.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  switchboard calls place --flow first_call --to 8a1d2c3b-4a59-4e68-8b7c-9d0e1f2a3b4c\n  \
                  switchboard calls place --flow first_call --meeting 'https://teams.microsoft.com/l/meetup-join/...'\n  \
                  switchboard calls list --state in_step\n  switchboard calls tail ID\n\n\
                  Exit codes: 0 it is done; 1 the bot refuses, or there is no such call; 2 the command could not be run.")]
pub(crate) struct Args {
    /// Where the bot is, without `/api`.
    #[arg(long, global = true, default_value = "http://127.0.0.1:7071")]
    url: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Place(order::Args),
    List(table::Args),
    /// List what the limits on calling out refused of late, and why.
    Refused,
    /// Show a call as a timeline.
    Show {
        /// The call's id.
        id: String,
    },
    /// Follow a call until it is over.
    Tail {
        /// The call's id.
        id: String,
    },
    /// Tell a call that goes on what has happened.
    Send {
        /// The call's id.
        id: String,
        /// What has happened, by a name that the flow knows.
        name: String,
        /// A value for a variable of the flow: NAME=VALUE.
        #[arg(long = "data", value_name = "NAME=VALUE", value_parser = order::assignment)]
        data: Vec<(String, String)>,
    },
    /// End a call.
    End {
        /// The call's id.
        id: String,
    },
}

pub(crate) async fn run(args: Args) -> Ended {
    let client = Client::new(&args.url)?;
    let done = match args.command {
        Command::Place(order) => place(&client, &order).await,
        Command::List(asked) => list(&client, &asked).await,
        Command::Refused => refused(&client).await,
        Command::Show { id } => show(&client, &id).await,
        Command::Tail { id } => tail(&client, &id).await,
        Command::Send { id, name, data } => send(&client, &id, &name, data).await,
        Command::End { id } => end(&client, &id).await,
    };
    match done {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(client::Failed::Refused(problem)) => {
            eprintln!("{problem}");
            Ok(ExitCode::FAILURE)
        }
        Err(client::Failed::Broken(error)) => Err(error.into()),
    }
}

type Done = Result<(), client::Failed>;

async fn place(client: &Client, order: &order::Args) -> Done {
    let id = client.place(&order.name(), &order.body()).await?;
    Ok(writeln!(stdout(), "{id}")?)
}

async fn list(client: &Client, asked: &table::Args) -> Done {
    let calls = client.list(&asked.query(), asked.limit).await?;
    Ok(print(&table::rows(&calls, Paint::of_stdout()))?)
}

async fn refused(client: &Client) -> Done {
    Ok(print(&table::refusals(&client.refused().await?, Paint::of_stdout()))?)
}

async fn show(client: &Client, id: &str) -> Done {
    let call = client.show(id).await?;
    let paint = Paint::of_stdout();
    let mut timeline = Timeline::of(&call, paint);
    print(&timeline.title())?;
    print(&timeline.next(&call))?;
    Ok(print(&timeline.rest(&call))?)
}

async fn tail(client: &Client, id: &str) -> Done {
    let mut call = client.show(id).await?;
    let mut timeline = Timeline::of(&call, Paint::of_stdout());
    print(&timeline.title())?;
    loop {
        print(&timeline.next(&call))?;
        if is_done(&call) {
            return Ok(print(&timeline.rest(&call))?);
        }
        tokio::time::sleep(LOOK_EVERY).await;
        call = client.show(id).await?;
    }
}

fn is_done(call: &Shown) -> bool {
    call.phase == "ended" && call.owed.is_empty()
}

async fn send(client: &Client, id: &str, name: &str, data: Vec<(String, String)>) -> Done {
    client.send(id, name, data.into_iter().collect()).await?;
    Ok(writeln!(stdout(), "told")?)
}

async fn end(client: &Client, id: &str) -> Done {
    let words = if client.end(id).await? { "is being ended" } else { "was over already" };
    Ok(writeln!(stdout(), "{words}")?)
}

fn print(lines: &[String]) -> io::Result<()> {
    lines.iter().try_for_each(|line| writeln!(stdout(), "{line}"))
}
