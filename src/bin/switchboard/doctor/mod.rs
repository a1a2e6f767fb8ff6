//! `switchboard doctor`: what is wrong, before a caller finds out.

mod app;
mod call;
mod finding;
mod given;
mod keeping;
mod local;
mod platform;

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use clap::ValueEnum;
use switchboard::{
    clock::{Clock, SystemClock},
    config::Settings,
    flows::Shelf,
    graph::meaning::refusal,
};

use self::{
    finding::{Finding, Verdict, print},
    given::Given,
};
use crate::{Ended, calls::client::Client};

const EXAMPLES: &str = "Examples:\n  \
    switchboard doctor\n  \
    az functionapp config appsettings list --resource-group RG --name APP > app.json\n  \
    switchboard doctor --settings app.json --host APP.azurewebsites.net\n  \
    switchboard doctor --code 7504\n  \
    switchboard doctor --call 8a1d2c3b-4a59-4e68-8b7c-9d0e1f2a3b4c --url https://APP.azurewebsites.net\n\n\
    For --call the key is read from CALLS_API_KEY, else from FUNCTIONS_KEY.";

/// Say what is wrong, with the cure, before a caller finds out
///
/// Reads what it can, before and after deployment, and changes nothing. One line for each: good, bad with the cure, unknown with why.
/// What only a real call can show, `--call` does: it rings somebody.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Settings in a file, in place of the environment's: local.settings.json, or what `az functionapp config appsettings list` prints.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// The app's host name, where no setting says where the bot is.
    #[arg(long, value_name = "NAME")]
    host: Option<String>,
    /// The folder that `switchboard package` laid out.
    #[arg(long, value_name = "DIR", default_value = "dist")]
    package: PathBuf,
    /// How findings are printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Say what a code of Microsoft Graph means, and nothing else.
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    /// Ring this Teams user, by object id, and say what that call shows, and nothing else. It is a real call.
    #[arg(long, value_name = "USER", requires = "url", conflicts_with = "code")]
    call: Option<String>,
    /// Where the bot is that calls, without `/api`.
    #[arg(long, requires = "call")]
    url: Option<String>,
    /// Call without asking first.
    #[arg(long, requires = "call")]
    yes: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line each.
    Text,
    /// An array of objects.
    Json,
}

/// What the checks are told.
struct Patient {
    settings: Settings,
    /// Nothing, where the flows have errors.
    shelf: Option<Shelf>,
    clock: Arc<dyn Clock>,
}

pub(crate) async fn run(args: Args) -> Ended {
    if let Some(code) = &args.code {
        return explain(code);
    }
    if let (Some(user), Some(url)) = (&args.call, &args.url) {
        let client = Client::new(url)?;
        return match args.yes || call::may_ring(user)? {
            true => told(&call::place(&client, user).await, args.format),
            false => Ok(ExitCode::from(2)),
        };
    }
    let given = Given::read(args.settings.as_deref(), args.host)?;
    let mut findings = Vec::new();
    let shelf = local::flows(&given, &mut findings);
    findings.push(local::package(&args.package));
    match given.settings(&mut findings) {
        Some(settings) => examine(&Patient { settings, shelf, clock: Arc::new(SystemClock) }, &given, &mut findings).await,
        None => findings.push(Finding::unknown("the rest", "it depends on settings that are wrong")),
    }
    told(&findings, args.format)
}

/// Prints findings; the command ends well where nothing is bad.
fn told(findings: &[Finding], format: Format) -> Ended {
    print(findings, format == Format::Json)?;
    Ok(ExitCode::from(u8::from(findings.iter().any(|finding| finding.verdict == Verdict::Bad))))
}

/// Everything that is somewhere else: the platform, the app itself, what it keeps.
async fn examine(patient: &Patient, given: &Given, findings: &mut Vec<Finding>) {
    findings.extend(patient.shelf.as_ref().and_then(|shelf| local::secrets_key(&patient.settings, given, shelf)));
    findings.extend(platform::keys_and_clock(patient).await);
    findings.extend(platform::token(patient, given).await);
    findings.extend(app::examine(patient).await);
    findings.extend(keeping::examine(patient).await);
    let why = "only a call shows: --call places one; if none reaches the bot, `switchboard doctor --code` says what a code means";
    findings.push(Finding::unknown("teams", why));
}

fn explain(code: &str) -> Ended {
    let meaning = refusal(code).ok_or_else(|| format!("the code {code} is not known here"))?;
    println!("{code}: {meaning}");
    Ok(ExitCode::SUCCESS)
}
