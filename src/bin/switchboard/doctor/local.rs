//! What lies on this machine: flows, and the package.

use std::path::{Path, PathBuf};

use switchboard::{
    config::{IncomingFlow, Settings},
    flow,
    flows::Shelf,
    package,
};

use super::{finding::Finding, given::Given};

/// Reads every flow with its prompts; none where one has an error.
pub(super) fn flows(given: &Given, findings: &mut Vec<Finding>) -> Option<Shelf> {
    let folder = given.value("FLOWS_DIR").filter(|value| !value.trim().is_empty()).unwrap_or_else(|| "flows".to_owned());
    match Shelf::read(&PathBuf::from(folder)) {
        Ok(shelf) => {
            let prompts: usize = shelf.flows().map(|flow| flow.prompts.len()).sum();
            findings.push(Finding::good("flows", format!("{} can be taken, with {prompts} prompts", names(&shelf).join(", "))));
            Some(shelf)
        }
        Err(found) => {
            findings.extend(found.iter().filter(|finding| flow::Finding::is_error(finding)).map(|f| Finding::told("flows", f)));
            None
        }
    }
}

/// Every flow that a call may get is there.
pub(super) fn incoming(incoming: &IncomingFlow, shelf: &Shelf) -> Option<Finding> {
    let missing = incoming.names().find(|name| shelf.flow(name).is_none())?;
    let cure = format!("name one of {} in INCOMING_FLOW", names(shelf).join(", "));
    Some(Finding::bad("flows", format!("INCOMING_FLOW names {missing}, which is not there"), cure))
}

/// Whoever is asked for a secret is sure that it is sealed. Says nothing where nobody is asked.
pub(super) fn secrets_key(settings: &Settings, given: &Given, shelf: &Shelf) -> Option<Finding> {
    let flow = shelf.asking_for_a_secret(&settings.flows.incoming)?;
    Some(match (&settings.secrets_key, given.is_in_vault("SECRETS_KEY")) {
        (_, true) => Finding::unknown("secrets", "SECRETS_KEY lies in a vault that the app alone reads"),
        (Some(_), false) => Finding::good("secrets", format!("there is a key to seal what flow {} collects", flow.name)),
        (None, false) => {
            let what = format!("flow {} collects a secret and SECRETS_KEY is not set, so the bot does not start", flow.name);
            Finding::bad("secrets", what, "set it to what `switchboard secret key` prints")
        }
    })
}

/// What `switchboard package` laid out.
pub(super) fn package(folder: &Path) -> Finding {
    if !folder.join("host.json").exists() {
        return Finding::unknown("package", format!("there is none in {}: `switchboard package` makes it", folder.display()));
    }
    match &package::check(folder)[..] {
        [] => Finding::good("package", format!("{} is whole", folder.display())),
        [first, rest @ ..] => {
            let more = if rest.is_empty() { String::new() } else { format!(", and {} more", rest.len()) };
            Finding::bad("package", format!("{first}{more}"), "make it again with `switchboard package`")
        }
    }
}

fn names(shelf: &Shelf) -> Vec<&str> {
    shelf.flows().map(|flow| flow.name.as_str()).collect()
}
