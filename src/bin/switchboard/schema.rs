//! `switchboard schema`: the language as JSON Schema.

use std::{
    io::{Write, stdout},
    process::ExitCode,
};

use switchboard::flow::schema::schema;

use crate::Ended;

/// Print the JSON Schema of flow.toml, for editors
///
/// An editor with a TOML extension completes and checks a flow whose first line names the schema:
///
///     #:schema ../flow.schema.json
#[derive(clap::Args)]
#[command(verbatim_doc_comment, after_help = "Example: switchboard schema > flows/flow.schema.json")]
pub(crate) struct Args {}

pub(crate) fn run(_: &Args) -> Ended {
    writeln!(stdout().lock(), "{:#}", schema())?;
    Ok(ExitCode::SUCCESS)
}
