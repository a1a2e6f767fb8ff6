//! `switchboard graph`: a flow as a picture.

use std::{
    io::{Write, stdout},
    path::PathBuf,
    process::ExitCode,
};

use switchboard::flow::mermaid::mermaid;

use crate::{
    Ended,
    check::{one_folder, print},
};

/// Print a flow as a Mermaid chart: every step, and every way with its outcome's name
#[derive(clap::Args)]
#[command(after_help = "Example: switchboard graph front_desk > front_desk.mmd")]
pub(crate) struct Args {
    /// The flow.
    flow: String,
    /// The folder that holds the flows.
    #[arg(long, value_name = "DIR", default_value = "flows")]
    flows: PathBuf,
}

pub(crate) fn run(args: &Args) -> Ended {
    let checked = one_folder(&args.flows, &args.flow)?.open().checked;
    match checked.flow {
        Some(flow) => {
            write!(stdout().lock(), "{}", mermaid(&flow))?;
            Ok(ExitCode::SUCCESS)
        }
        None => {
            print(&checked.findings)?;
            Ok(ExitCode::FAILURE)
        }
    }
}
