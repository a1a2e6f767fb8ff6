//! `switchboard queues`: what the queues hold, and messages that were given up.

mod table;

use std::{collections::BTreeSet, process::ExitCode, sync::Arc};

use clap::Subcommand;
use futures_util::future::try_join_all;
use serde::Serialize;
use switchboard::{
    clock::SystemClock,
    config::HostStorage,
    functions::{FUNCTIONS, function_of},
    host::Message,
    queues::{Chosen, MOST_PEEKED, Poisoned, QueueError, Queues, poison_queue_of, queue_of},
};

use self::table::{Output, Row};
use crate::Ended;

const ACCOUNT: &str = "The storage account is the Functions host's, by the same environment variables: AzureWebJobsStorage, or \
                       AzureWebJobsStorage__accountName, which opens for who is signed in with the Azure CLI.";

/// Look at the queues, and deal with messages that were given up
///
/// What a message says of people, and what would open a call, is not shown.
#[derive(clap::Args)]
#[command(after_help = ACCOUNT)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List the queues with how many messages each holds, about: waiting, and given up.
    List(Output),
    /// Show messages that were given up, with the reason; the first 32 of each queue.
    Show {
        /// The queue; every one if not given.
        #[arg(value_parser = queue)]
        queue: Option<String>,
        #[command(flatten)]
        output: Output,
    },
    /// Put messages that were given up back on their queue.
    Redeliver(Messages),
    /// Take messages that were given up away for good.
    Drop(Messages),
    /// Make the queues that are missing, as on an emulator.
    Create,
}

#[derive(clap::Args)]
struct Messages {
    /// The queue.
    #[arg(value_parser = queue)]
    queue: String,
    /// The messages, by the ids that `show` shows; or --all.
    #[arg(value_name = "ID", required_unless_present = "all")]
    ids: Vec<String>,
    /// Every one.
    #[arg(long, conflicts_with = "ids")]
    all: bool,
}

pub(crate) async fn run(args: Args) -> Ended {
    let queues = open()?;
    match args.command {
        Command::List(output) => output.print(&list(&queues).await?)?,
        Command::Show { queue, output } => output.print(&show(&queues, queue).await?)?,
        Command::Redeliver(messages) => {
            messages.report("put back", &queues.redeliver(&messages.queue, &messages.chosen()).await?)?;
        }
        Command::Drop(messages) => messages.report("dropped", &queues.discard(&messages.queue, &messages.chosen()).await?)?,
        Command::Create => create(&queues).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The queue of a name, whether written as the function's or as the queue's.
fn queue(text: &str) -> Result<String, String> {
    let queue = queue_of(text);
    match names().find(|name| *name == queue) {
        Some(name) => Ok(name),
        None => Err(format!("there is {}", names().collect::<Vec<_>>().join(", "))),
    }
}

fn names() -> impl Iterator<Item = String> {
    FUNCTIONS.into_iter().map(|function| queue_of(function.name))
}

fn open() -> Result<Queues, String> {
    let lines = |faults: Vec<_>| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let storage = HostStorage::from_env().map_err(lines)?;
    let storage = storage.ok_or("no storage account is named: set AzureWebJobsStorage or AzureWebJobsStorage__accountName")?;
    Queues::open(&storage, Arc::new(SystemClock)).map_err(|error| error.to_string())
}

/// How many messages a queue holds; `None` where there is no such queue.
#[derive(Serialize)]
struct Counted {
    queue: String,
    waiting: Option<u64>,
    poisoned: Option<u64>,
}

async fn list(queues: &Queues) -> Result<Vec<Counted>, QueueError> {
    let counted = names().map(|queue| async move {
        let waiting = unless_missing(queues.count(&queue).await)?;
        let poisoned = unless_missing(queues.count(&poison_queue_of(&queue)).await)?;
        Ok(Counted { queue, waiting, poisoned })
    });
    try_join_all(counted).await
}

fn unless_missing<T>(answer: Result<T, QueueError>) -> Result<Option<T>, QueueError> {
    match answer {
        Err(QueueError::Missing(_)) => Ok(None),
        answer => answer.map(Some),
    }
}

/// A message that was given up, as much of it as may be shown.
#[derive(Serialize)]
struct Shown {
    queue: String,
    id: String,
    at: Option<String>,
    events: Vec<&'static str>,
    call: Option<String>,
    reason: String,
}

async fn show(queues: &Queues, queue: Option<String>) -> Result<Vec<Shown>, QueueError> {
    let of_one = |queue: String| async move {
        let poisoned = queues.poisoned(&queue).await?;
        if poisoned.len() == MOST_PEEKED {
            eprintln!("`{queue}` may hold more than the {MOST_PEEKED} shown");
        }
        Ok(poisoned.into_iter().map(|message| shown(queue.clone(), message)).collect::<Vec<_>>())
    };
    match queue {
        Some(queue) => of_one(queue).await,
        // A queue that nobody made holds nothing; which those are `list` tells.
        None => {
            let all = try_join_all(names().map(|queue| async { unless_missing(of_one(queue).await) })).await?;
            Ok(all.into_iter().flatten().flatten().collect())
        }
    }
}

fn shown(queue: String, Poisoned { id, reason, at, message }: Poisoned) -> Shown {
    let messages: Vec<Message> = serde_json::from_str(&message).unwrap_or_default();
    let name = |message: &Message| function_of(&message.arrival.event).map_or("none", |function| function.name);
    Shown {
        queue,
        id,
        at: at.map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
        events: messages.iter().map(name).collect(),
        call: messages.first().map(|message| message.address.call().to_owned()),
        reason: reason.unwrap_or_else(|| "failed each time until the host gave it up: see the function's log".to_owned()),
    }
}

async fn create(queues: &Queues) -> Result<(), QueueError> {
    let all = names().flat_map(|queue| [poison_queue_of(&queue), queue]);
    try_join_all(all.map(|queue| async move { queues.create(&queue).await })).await.map(drop)
}

impl Messages {
    fn chosen(&self) -> Chosen {
        if self.all { Chosen::All } else { Chosen::Ids(self.ids.iter().cloned().collect()) }
    }

    fn report(&self, deed: &str, done: &BTreeSet<String>) -> Result<(), String> {
        println!("{deed}: {} of `{}`", done.len(), self.queue);
        let missing: Vec<&str> = self.ids.iter().filter(|id| !done.contains(*id)).map(String::as_str).collect();
        match missing[..] {
            [] => Ok(()),
            _ => Err(format!("no message {} was given up: see `switchboard queues show {}`", missing.join(", "), self.queue)),
        }
    }
}

impl Row for Counted {
    const TITLES: &'static [&'static str] = &["QUEUE", "WAITING", "POISONED"];

    fn cells(&self) -> Vec<String> {
        let cell = |count: Option<u64>| count.map_or("missing".to_owned(), |count| count.to_string());
        vec![self.queue.clone(), cell(self.waiting), cell(self.poisoned)]
    }
}

impl Row for Shown {
    const TITLES: &'static [&'static str] = &["QUEUE", "ID", "AT", "EVENT", "CALL", "REASON"];

    fn cells(&self) -> Vec<String> {
        let events = if self.events.is_empty() { "unreadable".to_owned() } else { self.events.join(",") };
        let or_dash = |text: &Option<String>| text.clone().unwrap_or("-".to_owned());
        vec![self.queue.clone(), self.id.clone(), or_dash(&self.at), events, or_dash(&self.call), self.reason.clone()]
    }
}
