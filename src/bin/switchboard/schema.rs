//! `switchboard schema`: the language as JSON Schema.

use std::{
    io::{Write, stdout},
    process::ExitCode,
};

use switchboard::flow::{schema::schema, trial};

use crate::Ended;

/// Print the JSON Schema of flow.toml, for editors
///
/// An editor with a TOML extension completes and checks a flow whose first line names the schema:
///
///     #:schema ../flow.schema.json
#[derive(clap::Args)]
#[command(verbatim_doc_comment, after_help = "Example: switchboard schema > flows/flow.schema.json")]
pub(crate) struct Args {
    /// The schema of files of tests instead.
    #[arg(long)]
    tests: bool,
}

pub(crate) fn run(args: &Args) -> Ended {
    let schema = if args.tests { trial::schema() } else { schema() };
    writeln!(stdout().lock(), "{schema:#}")?;
    Ok(ExitCode::SUCCESS)
}
