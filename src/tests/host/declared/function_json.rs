//! `function.json`: one function and what sets it off.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{AppSettings, Schedule, route::Template};

/// A function.
#[derive(Debug)]
pub(crate) struct Function {
    /// The name of its folder.
    pub(crate) name: String,
    /// What sets it off.
    pub(crate) trigger: Trigger,
}

/// What sets a function off.
#[derive(Debug)]
pub(crate) enum Trigger {
    /// A request from outside.
    Http(HttpTrigger),
    /// A message.
    Queue {
        /// The binding's name, by which the handler finds the message in the envelope.
        binding: String,
        /// The queue.
        queue: String,
    },
    /// Time.
    Timer {
        /// The binding's name.
        binding: String,
        /// When.
        schedule: Schedule,
    },
}

/// A route.
#[derive(Debug)]
pub(crate) struct HttpTrigger {
    /// Without the prefix.
    pub(crate) route: Template,
    /// In capitals; empty for all.
    pub(crate) methods: BTreeSet<String>,
    /// Who may call.
    pub(crate) level: AuthLevel,
}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AuthLevel {
    /// Everyone.
    Anonymous,
    /// Who shows a key.
    Function,
}

/// What the platform keeps for itself, under no prefix and under `api`.
const RESERVED: [&str; 3] = ["admin", "runtime", "warmup"];

impl Function {
    /// Reads one.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub(super) fn read(name: &str, declaration: &Value, settings: &AppSettings) -> Result<Self, String> {
        if !is_name(name) {
            return Err("is no name for a function".to_owned());
        }
        let bindings = declaration["bindings"].as_array().filter(|bindings| !bindings.is_empty()).ok_or("has no bindings")?;
        let names: BTreeSet<_> = bindings.iter().map(|binding| binding["name"].as_str().unwrap_or_default()).collect();
        if names.len() < bindings.len() || names.contains("") {
            return Err("has bindings without a name of their own".to_owned());
        }
        let (triggers, others): (Vec<_>, Vec<_>) = bindings.iter().partition(|binding| kind(binding).ends_with("Trigger"));
        let [trigger] = triggers[..] else { return Err(format!("has {} triggers", triggers.len())) };
        if trigger["direction"] != "in" {
            return Err("has a trigger whose direction is not in".to_owned());
        }
        let trigger = match kind(trigger) {
            "httpTrigger" => http(trigger, &others).map(Trigger::Http),
            "queueTrigger" => queue(trigger, settings),
            "timerTrigger" => timer(trigger),
            other => Err(format!("has a trigger unknown to this host: {other}")),
        }?;
        Ok(Self { name: name.to_owned(), trigger })
    }
}

fn kind(binding: &Value) -> &str {
    binding["type"].as_str().unwrap_or_default()
}

/// `^[a-z][a-z0-9_\-]{0,127}$`, ignoring case, and not `host`.
fn is_name(name: &str) -> bool {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.len() <= 128
        && name.chars().all(is_inner)
        && !name.eq_ignore_ascii_case("host")
}

fn http(trigger: &Value, others: &[&Value]) -> Result<HttpTrigger, String> {
    let is_reply = |binding: &&Value| kind(binding) == "http" && binding["direction"] == "out";
    if others.len() != 1 || !others.iter().all(is_reply) {
        return Err("is not passed on as it came: that takes an httpTrigger, an http reply and nothing else".to_owned());
    }
    let route = trigger["route"].as_str().ok_or("has no route")?;
    if RESERVED.contains(&route.split('/').next().unwrap_or_default().to_ascii_lowercase().as_str()) {
        return Err(format!("has a route of the platform's own: {route}"));
    }
    let methods = trigger["methods"].as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(HttpTrigger {
        route: Template::parse(route)?,
        methods: methods.iter().filter_map(Value::as_str).map(str::to_ascii_uppercase).collect(),
        level: match trigger["authLevel"].as_str().unwrap_or("function").to_ascii_lowercase().as_str() {
            "anonymous" => AuthLevel::Anonymous,
            "function" => AuthLevel::Function,
            other => return Err(format!("has an authLevel unknown to this host: {other}")),
        },
    })
}

/// A connection is a setting, or the first part of several: `{connection}__accountName` and others.
fn queue(trigger: &Value, settings: &AppSettings) -> Result<Trigger, String> {
    let queue = trigger["queueName"].as_str().filter(|name| is_queue(name)).ok_or("has no right queueName")?;
    let connection = trigger["connection"].as_str().filter(|name| !name.is_empty()).unwrap_or("AzureWebJobsStorage");
    let parts = format!("{connection}__");
    match settings.keys().any(|name| name == connection || name.starts_with(&parts)) {
        true => Ok(Trigger::Queue { binding: binding_name(trigger), queue: queue.to_owned() }),
        false => Err(format!("its connection {connection} is not among the app settings")),
    }
}

/// <https://learn.microsoft.com/rest/api/storageservices/naming-queues-and-metadata>
fn is_queue(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    (3..=63).contains(&name.len())
        && name.split('-').all(|part| !part.is_empty())
        && name.chars().all(|c| is_plain(c) || c == '-')
}

fn timer(trigger: &Value) -> Result<Trigger, String> {
    let schedule = trigger["schedule"].as_str().ok_or("has no schedule")?;
    Ok(Trigger::Timer { binding: binding_name(trigger), schedule: Schedule::parse(schedule)? })
}

fn binding_name(trigger: &Value) -> String {
    trigger["name"].as_str().unwrap_or_default().to_owned()
}
