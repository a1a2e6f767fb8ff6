//! The tests that lie beside flows.

use std::{fs, path::PathBuf, sync::Arc};

use switchboard::{
    flow::{
        Finding, Flow,
        trial::{self, Trial},
    },
    flows::Folder,
};

use crate::check::Chosen;

/// A test, and where it is from.
pub(super) struct Test {
    pub(super) flow: Arc<Flow>,
    /// The file, as the reader knows it.
    pub(super) file: Arc<str>,
    pub(super) trial: Trial,
}

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) tests: Vec<Test>,
    /// The flows that were asked for.
    pub(super) flows: Vec<Arc<Flow>>,
    /// What is wrong with flows or tests.
    pub(super) findings: Vec<Finding>,
}

/// Reads the tests of the chosen flows whose names hold `only`.
pub(super) fn all(chosen: &Chosen, only: &str) -> Result<Found, String> {
    let mut found = Found::default();
    let prompts = chosen.prompts()?;
    for folder in chosen.folders()? {
        let checked = folder.open().checked;
        found.findings.extend(checked.findings.into_iter().filter(Finding::is_error));
        let Some(flow) = checked.flow.map(Arc::new) else { continue };
        found.flows.push(Arc::clone(&flow));
        for (file, (trials, findings)) in read_all(&folder, &prompts)? {
            found.findings.extend(findings);
            let trials = trials.into_iter().filter(|trial| trial.name.contains(only));
            found.tests.extend(trials.map(|trial| Test { flow: Arc::clone(&flow), file: Arc::clone(&file), trial }));
        }
    }
    Ok(found)
}

/// What is wrong with the tests of a flow. `prompts` are those of all flows.
pub(crate) fn findings(folder: &Folder, prompts: &[(String, String)]) -> Result<Vec<Finding>, String> {
    Ok(read_all(folder, prompts)?.into_iter().flat_map(|(_, (_, findings))| findings).collect())
}

type Read = (Arc<str>, (Vec<Trial>, Vec<Finding>));

fn read_all(folder: &Folder, prompts: &[(String, String)]) -> Result<Vec<Read>, String> {
    files(folder).into_iter().map(|path| read(&path, prompts)).collect()
}

fn read(path: &PathBuf, prompts: &[(String, String)]) -> Result<Read, String> {
    let file: Arc<str> = path.display().to_string().into();
    let text = fs::read_to_string(path).map_err(|error| format!("{file} cannot be read: {error}"))?;
    let read = trial::read(&trial::Script { file: &file, text: &text, prompts });
    Ok((file, read))
}

/// The flow's files of tests, by name.
fn files(folder: &Folder) -> Vec<PathBuf> {
    // A flow without a folder of tests is one without tests.
    let entries = fs::read_dir(folder.tests()).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|extension| extension == "toml")).collect();
    files.sort();
    files
}
