//! How functions must be declared, so that the handler serves what the host brings.

use serde_json::{Value, json};

use crate::{functions::FUNCTIONS, queues::queue_of};

/// The functions that HTTP requests trigger, and whether a key of the host opens them. What is open to everyone guards itself.
const BY_HTTP: [(&str, &str); 6] = [
    ("calls", "function"),
    ("health", "anonymous"),
    ("notifications", "anonymous"),
    ("orders", "function"),
    ("prompts", "anonymous"),
    ("switches", "function"),
];

/// The function that runs by the clock.
const BY_TIME: &str = "housekeeping";

/// The functions that a package must have, in order.
pub(super) fn functions() -> Vec<&'static str> {
    let by_queue = FUNCTIONS.iter().map(|function| function.name);
    let mut names: Vec<_> = BY_HTTP.iter().map(|(name, _)| *name).chain([BY_TIME]).chain(by_queue).collect();
    names.sort_unstable();
    names
}

/// What is wrong with a function's declaration; `None` where nothing is.
pub(super) fn fault(function: &str, declaration: &Value) -> Option<String> {
    let bindings = declaration["bindings"].as_array().map(Vec::as_slice).unwrap_or_default();
    match BY_HTTP.iter().find(|(name, _)| *name == function) {
        Some((_, level)) => by_http(function, level, bindings),
        None if function == BY_TIME => by_time(bindings),
        None => by_queue(function, bindings),
    }
}

/// Of this form alone a host passes requests on as they came. The first part of the route is the function's name.
fn by_http(function: &str, level: &str, bindings: &[Value]) -> Option<String> {
    let [trigger, reply] = bindings else {
        return Some("must have an httpTrigger and an http reply, and nothing else".to_owned());
    };
    let route = trigger["route"].as_str().unwrap_or_default();
    let has_methods = trigger["methods"].as_array().is_some_and(|methods| !methods.is_empty());
    match () {
        () if trigger["type"] != "httpTrigger" || trigger["direction"] != "in" => {
            Some("must begin with an httpTrigger".to_owned())
        }
        () if reply["type"] != "http" || reply["direction"] != "out" => Some("must end with an http reply".to_owned()),
        () if route.split('/').next() != Some(function) => Some(format!("must have a route that begins with {function}")),
        () if trigger["authLevel"] != level => Some(format!("must have the authLevel {level}")),
        () if !has_methods => Some("must name its methods".to_owned()),
        () => None,
    }
}

fn by_queue(function: &str, bindings: &[Value]) -> Option<String> {
    let trigger = json!({
        "type": "queueTrigger", "direction": "in", "name": "event", "queueName": queue_of(function), "connection": "AzureWebJobsStorage",
    });
    (*bindings != [trigger.clone()]).then(|| format!("must have this binding alone: {trigger}"))
}

fn by_time(bindings: &[Value]) -> Option<String> {
    match bindings {
        [timer] if timer["type"] == "timerTrigger" && timer["schedule"].is_string() => None,
        _ => Some("must have one timerTrigger with a schedule".to_owned()),
    }
}
