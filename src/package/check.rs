//! What is wrong with a package, found before it is published.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use super::{
    LARGEST_ZIP,
    archive::{collect, zipped},
    bindings,
    fault::Fault,
    glibc,
    layout::HANDLER,
};
use crate::{flow::Finding, flows::Shelf};

/// Checks a package: `host.json`, every function's bindings, routes and queue names, that nothing else lies there, the handler's file,
/// every flow, the size of the archive.
pub fn check(package: &Path) -> Vec<Fault> {
    let mut faults = host(package);
    faults.extend(bindings::functions().into_iter().filter_map(|name| function(package, name)));
    faults.extend(strays(package));
    faults.extend(match read(package, HANDLER) {
        Ok(program) => glibc::faults(&program),
        Err(fault) => vec![fault],
    });
    faults.extend(flows(&package.join("flows")));
    faults.extend(size(package));
    faults
}

/// What the handler relies on, key by key.
fn host(package: &Path) -> Vec<Fault> {
    let host = match read_json(package, "host.json") {
        Ok(host) => host,
        Err(fault) => return vec![fault],
    };
    let must = [
        ("/version", json!("2.0")),
        ("/customHandler/description/defaultExecutablePath", json!(HANDLER)),
        ("/customHandler/enableProxyingHttpRequest", json!(true)),
        ("/extensions/http/routePrefix", json!("api")),
        ("/extensions/queues/messageEncoding", json!("base64")),
        ("/extensionBundle/id", json!("Microsoft.Azure.Functions.ExtensionBundle")),
        ("/customHandler/http", Value::Null),
    ];
    let wrong = must.iter().filter(|(path, value)| host.pointer(path).unwrap_or(&Value::Null) != value);
    wrong.map(|(path, value)| Fault::Host(format!("{} must be {value}", path[1..].replace('/', ".")))).collect()
}

fn function(package: &Path, name: &str) -> Option<Fault> {
    match read_json(package, &format!("{name}/function.json")) {
        Ok(declaration) => bindings::fault(name, &declaration).map(|what| Fault::Function(name.to_owned(), what)),
        Err(fault) => Some(fault),
    }
}

fn strays(package: &Path) -> Vec<Fault> {
    let declarations = bindings::functions().into_iter().map(|name| format!("{name}/function.json"));
    let ours = ["host.json", HANDLER, ".funcignore"].map(str::to_owned);
    let known: BTreeSet<_> = declarations.chain(ours).collect();
    let mut files = Vec::new();
    if let Err(error) = collect(package, "", &mut files) {
        return vec![Fault::Unreadable(package.display().to_string(), error.to_string())];
    }
    files.retain(|file| !known.contains(file) && !is_of_a_flow(file));
    files.into_iter().map(Fault::Stray).collect()
}

fn is_of_a_flow(file: &str) -> bool {
    let parts: Vec<_> = file.split('/').collect();
    match parts[..] {
        ["flows", _, "flow.toml"] | ["flows", _, "prompts", "rendered.toml"] => true,
        ["flows", _, "prompts", .., name] => name.ends_with(".wav"),
        _ => false,
    }
}

fn flows(folder: &Path) -> Vec<Fault> {
    match Shelf::read(folder) {
        Ok(_) => Vec::new(),
        Err(findings) => findings.into_iter().filter(Finding::is_error).map(Fault::Flow).collect(),
    }
}

fn size(package: &Path) -> Option<Fault> {
    match zipped(package) {
        Ok(zip) if zip.len() <= LARGEST_ZIP => None,
        Ok(zip) => Some(Fault::TooLarge(zip.len(), LARGEST_ZIP)),
        Err(error) => Some(Fault::Unreadable(package.display().to_string(), error.to_string())),
    }
}

fn read(package: &Path, file: &str) -> Result<Vec<u8>, Fault> {
    let path: PathBuf = package.join(file);
    fs::read(&path).map_err(|error| Fault::Unreadable(path.display().to_string(), error.to_string()))
}

fn read_json(package: &Path, file: &str) -> Result<Value, Fault> {
    let text = read(package, file)?;
    serde_json::from_slice(&text).map_err(|error| Fault::Unreadable(package.join(file).display().to_string(), error.to_string()))
}
