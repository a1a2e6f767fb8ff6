//! What an app declares to its host, and what a host refuses: `host.json`, and `function.json` of each function.
//!
//! A real host goes on without a function whose declaration is wrong; here that is a refusal of the whole, since it is never meant.

mod function_json;
mod host_json;
mod route;
mod schedule;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;

pub(crate) use self::{
    function_json::{AuthLevel, Function, HttpTrigger, Trigger},
    host_json::HostJson,
    schedule::Schedule,
};

/// App settings: the environment of host and handler.
pub(crate) type AppSettings = BTreeMap<String, String>;

/// Why a host does not run an app.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// A file is missing, or is not JSON.
    #[error("{0} cannot be read: {1}")]
    Unreadable(String, String),
    /// `host.json` is wrong.
    #[error("host.json: {0}")]
    Host(String),
    /// A function's declaration is wrong.
    #[error("function {0}: {1}")]
    Function(String, String),
    /// Nothing to run: the handler is not even started.
    #[error("no folder beside host.json holds a function.json")]
    NoFunctions,
}

/// What an app declares.
#[derive(Debug)]
pub(crate) struct Declared {
    /// Of the host.
    pub(crate) host: HostJson,
    /// Its functions, by name.
    pub(crate) functions: Vec<Function>,
}

/// Reads a script root as a host does: `host.json` in it, functions in the folders directly beside that, and no deeper. App settings
/// named `AzureFunctionsJobHost__...` go before `host.json`.
///
/// # Errors
/// [`Refusal`] where a host would not run it.
pub(crate) fn read(root: &Path, settings: &AppSettings) -> Result<Declared, Refusal> {
    let host_json = overlaid(read_json(&root.join("host.json"))?, settings);
    let host = HostJson::read(&host_json).map_err(Refusal::Host)?;
    let mut functions = Vec::new();
    for name in folders(root)? {
        let file = root.join(&name).join("function.json");
        if file.exists() {
            let declaration = read_json(&file)?;
            functions.push(Function::read(&name, &declaration, settings).map_err(|why| Refusal::Function(name, why))?);
        }
    }
    let has_routes = host_json.pointer("/customHandler/http/routes").is_some();
    match functions.is_empty() {
        true => Err(Refusal::NoFunctions),
        false if has_routes => Err(Refusal::Host("customHandler.http.routes and function.json exclude each other".to_owned())),
        false => Ok(Declared { host, functions }),
    }
}

fn folders(root: &Path) -> Result<Vec<String>, Refusal> {
    let unreadable = |error: std::io::Error| Refusal::Unreadable(root.display().to_string(), error.to_string());
    let entries = fs::read_dir(root).and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(unreadable)?;
    let folders = entries.into_iter().filter(|entry| entry.path().is_dir());
    let mut names: Vec<_> = folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    Ok(names)
}

fn read_json(path: &Path) -> Result<Value, Refusal> {
    let name = || path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let text = fs::read(path).map_err(|error| Refusal::Unreadable(name(), error.to_string()))?;
    serde_json::from_slice(&text).map_err(|error| Refusal::Unreadable(name(), error.to_string()))
}

/// `AzureFunctionsJobHost__extensions__queues__batchSize` is `extensions.queues.batchSize`.
fn overlaid(mut host_json: Value, settings: &AppSettings) -> Value {
    for (name, value) in settings {
        let Some(path) = name.strip_prefix("AzureFunctionsJobHost__") else { continue };
        let mut place = &mut host_json;
        for key in path.split("__") {
            if !place.is_object() {
                *place = Value::Object(serde_json::Map::new());
            }
            place = &mut place[key];
        }
        *place = Value::String(value.clone());
    }
    host_json
}
