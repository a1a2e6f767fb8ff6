//! `switchboard test`: the tests that lie beside the flows, on the whole bot and a simulated Teams, in virtual time.

mod begin;
mod coverage;
mod difference;
mod find;
mod hooks;
mod play;
mod report;
mod script;
mod tell;

use std::{process::ExitCode, time::Instant};

use clap::ValueEnum;

pub(crate) use self::find::findings;
use self::{coverage::Gaps, find::Found, play::Played};
use crate::{
    Ended,
    check::{Chosen, print},
};

/// Play the tests of flows, `flows/<name>/tests/*.toml`, and print what differs
///
/// Each test is a call to the real bot, over HTTP on this machine, with signed notifications. Only Teams is simulated, and time, so that a
/// call of three minutes takes some milliseconds.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  switchboard test\n  switchboard test front_desk --coverage\n  switchboard test front_desk --only sales --show\n\n\
                  Exit codes: 0 all tests passed; 1 one did not, cannot be read, or with --coverage something is not tested; \
                  2 they could not be played."
)]
pub(crate) struct Args {
    #[command(flatten)]
    chosen: Chosen,
    /// Only tests whose name has these words in it.
    #[arg(long, value_name = "WORDS", default_value = "")]
    only: String,
    /// Tell which steps, and which ways out of them, no test takes.
    #[arg(long)]
    coverage: bool,
    /// Print the conversations of tests that passed too.
    #[arg(long)]
    show: bool,
    /// How the outcome is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One object.
    Json,
}

/// What came of it all.
struct Outcome {
    /// The tests, by flow and in their files' order.
    played: Vec<Played>,
    /// What no test takes; `None` if nobody asked.
    gaps: Option<Vec<Gaps>>,
    /// How long it took.
    took: std::time::Duration,
}

pub(crate) async fn run(args: Args) -> Ended {
    let began = Instant::now();
    let Found { tests, flows, findings } = find::all(&args.chosen, &args.only)?;
    if !findings.is_empty() {
        print(&findings)?;
        return Ok(ExitCode::FAILURE);
    }
    if tests.is_empty() {
        return Err("there are no such tests: write them into flows/<name>/tests/*.toml, as docs/call-flow.md tells".into());
    }
    let played = play::all(tests, args.chosen.dir()).await?;
    let gaps = args.coverage.then(|| coverage::gaps(&flows, &played));
    let outcome = Outcome { played, gaps, took: began.elapsed() };
    match args.format {
        Format::Text => report::text(&outcome, args.show)?,
        Format::Json => report::json(&outcome)?,
    }
    Ok(ExitCode::from(u8::from(!outcome.is_well())))
}

impl Outcome {
    /// Every test passed, and if anybody asked, nothing is untested.
    fn is_well(&self) -> bool {
        let is_whole = self.gaps.as_ref().is_none_or(|gaps| gaps.iter().all(Gaps::is_empty));
        is_whole && self.played.iter().all(Played::passed)
    }
}
