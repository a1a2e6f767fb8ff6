//! What lies on this machine: flows, and the package.

use std::path::{Path, PathBuf};

use switchboard::{config::IncomingFlow, flow, flows::Shelf, package};

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
