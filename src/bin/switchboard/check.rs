//! `switchboard check`: everything that is wrong with the flows.

use std::{
    collections::BTreeSet,
    io::{Write, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::ValueEnum;
use switchboard::{
    flow::{Finding, crowded, rounds, too_large},
    flows::{Folder, folders},
};

use crate::{Ended, test};

/// Check flows completely; silent when all is well.
///
/// Every finding says where, what and how to mend it. Warnings alone leave the exit code at 0.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  switchboard check\n  switchboard check front_desk --format json")]
pub(crate) struct Args {
    #[command(flatten)]
    chosen: Chosen,
    /// How findings are printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Which flows a command is about.
#[derive(clap::Args)]
pub(crate) struct Chosen {
    /// The flow; every one if not given.
    flow: Option<String>,
    /// The folder that holds the flows.
    #[arg(long, value_name = "DIR", default_value = "flows")]
    flows: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A line each: file, line, column, what, and how to mend it.
    Text,
    /// An array of objects.
    Json,
}

pub(crate) fn run(args: &Args) -> Ended {
    let chosen = args.chosen.folders()?;
    let prompts = args.chosen.prompts()?;
    let mut findings: Vec<Finding> = Vec::new();
    let (mut all, mut files) = (Vec::new(), BTreeSet::new());
    // What is wrong with flows together shows only where all are there.
    for folder in all_folders(args.chosen.dir())? {
        let mut checked = folder.open().checked;
        if chosen.contains(&folder) {
            findings.append(&mut checked.findings);
            findings.extend(test::findings(&folder, &prompts)?);
            files.insert(checked.file.clone());
        }
        all.push(checked);
    }
    let together = rounds(&all).into_iter().chain(crowded(&all)).chain(too_large(&all));
    findings.extend(together.filter(|finding| files.contains(&finding.file)));
    match args.format {
        Format::Text => print(&findings)?,
        Format::Json => writeln!(stdout().lock(), "{}", serde_json::to_string_pretty(&findings)?)?,
    }
    Ok(ExitCode::from(u8::from(findings.iter().any(Finding::is_error))))
}

/// Prints findings, a line each.
pub(crate) fn print(findings: &[Finding]) -> std::io::Result<()> {
    let mut out = stdout().lock();
    findings.iter().try_for_each(|finding| writeln!(out, "{finding}"))
}

impl Chosen {
    /// The folder that holds the flows.
    pub(crate) fn dir(&self) -> &Path {
        &self.flows
    }

    /// The names and words of all prompts of all flows: a call may go from one flow to another.
    pub(crate) fn prompts(&self) -> Result<Vec<(String, String)>, String> {
        let wordings = all_folders(&self.flows)?.into_iter().filter_map(|folder| folder.wordings().ok());
        Ok(wordings.flatten().map(|(name, wording)| (name, wording.text)).collect())
    }

    /// The flows' folders.
    pub(crate) fn folders(&self) -> Result<Vec<Folder>, String> {
        match &self.flow {
            None => all_folders(&self.flows),
            Some(name) => one_folder(&self.flows, name).map(|folder| vec![folder]),
        }
    }
}

/// The folder of the flow called `name`.
pub(crate) fn one_folder(dir: &Path, name: &str) -> Result<Folder, String> {
    let all = all_folders(dir)?;
    let found = all.iter().find(|folder| folder.name() == name);
    found.cloned().ok_or_else(|| unknown(name, &all, dir))
}

fn all_folders(dir: &Path) -> Result<Vec<Folder>, String> {
    folders(dir).map_err(|finding| format!("{}: {}: {}", finding.file, finding.what, finding.hint))
}

fn unknown(name: &str, all: &[Folder], dir: &Path) -> String {
    let names: Vec<&str> = all.iter().map(Folder::name).collect();
    format!("there is no flow `{name}` in {}; there is {}", dir.display(), names.join(", "))
}
