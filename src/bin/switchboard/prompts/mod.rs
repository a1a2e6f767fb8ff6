//! `switchboard prompts`: the WAV files of the flows.

mod render;
mod speech;

use std::process::ExitCode;

use clap::Subcommand;
use switchboard::{
    flow::{Unplayable, Wording, rendering::Origin},
    flows::Folder,
};

use crate::{
    Ended,
    check::{Chosen, print},
};

/// Have prompts spoken by a computer, or check those that are there.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Render(render::Args),
    /// Check that every prompt has a WAV file that Graph can play, and that it says its text.
    ///
    /// A prompt that a computer spoke before its text was changed counts as wrong here, so that a pipeline stops.
    Check(Chosen),
}

pub(crate) fn run(args: &Args) -> Ended {
    match &args.command {
        Command::Render(args) => render::run(args),
        Command::Check(chosen) => check(chosen),
    }
}

fn check(chosen: &Chosen) -> Ended {
    let mut faults = 0;
    for folder in chosen.folders()? {
        let prompts = match prompts(&folder) {
            Ok(prompts) => prompts,
            Err(findings) => {
                faults += findings.len();
                print(&findings)?;
                continue;
            }
        };
        for fault in prompts.iter().filter_map(|prompt| prompt.fault(&folder)) {
            faults += 1;
            println!("{fault}");
        }
    }
    Ok(ExitCode::from(u8::from(faults > 0)))
}

/// A prompt of a flow, and what there is of it.
struct Prompt {
    name: String,
    wording: Wording,
    state: State,
}

enum State {
    Missing,
    Unplayable(Unplayable),
    There(Origin),
}

/// The prompts of one flow.
fn prompts(folder: &Folder) -> Result<Vec<Prompt>, Vec<switchboard::flow::Finding>> {
    let renderings = folder.renderings().map_err(|finding| vec![finding])?;
    let state = |name: &str, wording: &Wording| match folder.wave(&wording.file) {
        None => State::Missing,
        Some(Err(unplayable)) => State::Unplayable(unplayable),
        Some(Ok(wave)) => State::There(renderings.origin(name, &wording.text, &wave.sha256)),
    };
    let wordings = folder.wordings()?.into_iter();
    Ok(wordings.map(|(name, wording)| Prompt { state: state(&name, &wording), name, wording }).collect())
}

impl Prompt {
    fn fault(&self, folder: &Folder) -> Option<String> {
        let file = folder.prompts().join(&self.wording.file);
        let file = file.display();
        match &self.state {
            State::Missing => Some(format!("{file} is missing: record it, or run `switchboard prompts render`")),
            State::Unplayable(Unplayable { what, cure }) => Some(format!("{file} {what}: {cure}")),
            State::There(Origin::Stale) => Some(format!(
                "{file} was spoken before the text of prompt `{}` changed: run `switchboard prompts render`",
                self.name
            )),
            State::There(Origin::Rendered | Origin::Recorded) => None,
        }
    }
}
