//! `switchboard package`: the folder that is published, and the app for Teams.

mod build;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use switchboard::{
    config::guid,
    package::{HANDLER, Sources, TeamsApp, check, lay_out, teams_app, zipped},
};

use crate::Ended;

/// Build the handler for Azure and lay out the folder that is published, checked
///
/// The handler is a program for Linux on x86-64, whatever this machine is. Once the folder is there,
/// `func azure functionapp publish NAME --script-root dist --custom --no-build` is all that is left.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  switchboard package\n  switchboard package --teams-app switchboard.zip --name \"Front desk\""
)]
pub(crate) struct Args {
    /// The folder to lay out.
    #[arg(long, value_name = "DIR", default_value = "dist")]
    out: PathBuf,
    /// The folder that holds the flows.
    #[arg(long, value_name = "DIR", default_value = "flows")]
    flows: PathBuf,
    /// Take this handler in place of building one.
    #[arg(long, value_name = "FILE", conflicts_with = "teams_app")]
    handler: Option<PathBuf>,
    /// Make the app for Teams instead, as this archive.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "teams-app.zip")]
    teams_app: Option<PathBuf>,
    #[command(flatten)]
    described: Described,
}

/// What the app for Teams says of itself.
#[derive(clap::Args)]
struct Described {
    /// The bot's application (client) id; where not given, the environment's BOT_APP_ID.
    #[arg(long, value_name = "ID", requires = "teams_app", value_parser = guid)]
    bot_app_id: Option<String>,
    /// What people see in Teams.
    #[arg(long, default_value = "Switchboard", requires = "teams_app", value_parser = short_name)]
    name: String,
    /// Who offers the app.
    #[arg(long, default_value = "Switchboard", requires = "teams_app")]
    developer: String,
    /// The website of who offers it.
    #[arg(long, value_name = "URL", default_value = "https://example.com", requires = "teams_app", value_parser = https)]
    website: String,
}

pub(crate) fn run(args: &Args) -> Ended {
    match &args.teams_app {
        Some(file) => write_teams_app(file, &args.described),
        None => package(args),
    }
}

fn package(args: &Args) -> Ended {
    let handler = match &args.handler {
        Some(file) => file.clone(),
        None => build::handler()?,
    };
    let sources = Sources { project: Path::new("."), flows: &args.flows, handler: &handler };
    lay_out(&sources, &args.out)?;
    let faults = check(&args.out);
    faults.iter().for_each(|fault| println!("{fault}"));
    if faults.is_empty() {
        println!("{}", summary(&args.out)?);
    }
    Ok(ExitCode::from(u8::from(!faults.is_empty())))
}

fn summary(folder: &Path) -> Result<String, Box<dyn std::error::Error>> {
    let handler = fs::metadata(folder.join(HANDLER))?.len();
    let zip = zipped(folder)?.len();
    Ok(format!(
        "{} is whole: a handler of {}, {} as an archive; publish it with\n\
         func azure functionapp publish NAME --script-root {} --custom --no-build",
        folder.display(),
        mebibytes(handler),
        mebibytes(zip as u64),
        folder.display()
    ))
}

fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

fn write_teams_app(file: &Path, described: &Described) -> Ended {
    let bot_app_id = match &described.bot_app_id {
        Some(id) => id.clone(),
        None => guid(&std::env::var("BOT_APP_ID").unwrap_or_default()).map_err(|fault| format!("BOT_APP_ID {fault}"))?,
    };
    let Described { name, developer, website, .. } = described;
    let app = TeamsApp { bot_app_id, name: name.clone(), developer: developer.clone(), website: website.clone() };
    fs::write(file, teams_app(&app)?).map_err(|error| format!("{}: {error}", file.display()))?;
    println!("{} is the app: upload it in the Teams admin centre, under Teams apps, Manage apps", file.display());
    Ok(ExitCode::SUCCESS)
}

fn short_name(text: &str) -> Result<String, String> {
    match text.chars().count() {
        1..=30 => Ok(text.to_owned()),
        _ => Err("Teams shows 1 to 30 characters".to_owned()),
    }
}

fn https(text: &str) -> Result<String, String> {
    match text.starts_with("https://") {
        true => Ok(text.to_owned()),
        false => Err("Teams takes only addresses with https://".to_owned()),
    }
}
