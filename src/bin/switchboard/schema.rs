//! `switchboard schema`: the language as JSON Schema, and the control API as OpenAPI.

use std::{
    io::{Write, stdout},
    process::ExitCode,
};

use switchboard::{
    flow::{schema::schema, trial},
    functions::description::description,
};

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
    /// The description of the control API instead, as OpenAPI.
    #[arg(long, conflicts_with = "tests")]
    api: bool,
}

pub(crate) fn run(args: &Args) -> Ended {
    let schema = match (args.tests, args.api) {
        (true, _) => trial::schema(),
        (_, true) => description(),
        _ => schema(),
    };
    writeln!(stdout().lock(), "{schema:#}")?;
    Ok(ExitCode::SUCCESS)
}
