//! The settings that are looked at: this machine's, or those of an app.

use std::{collections::BTreeMap, env, fs, path::Path};

use serde_json::Value;
use switchboard::config::Settings;

use super::finding::Finding;

/// By what an app setting says that its value lies in a Key Vault.
const IN_VAULT: &str = "@Microsoft.KeyVault(";

/// The secret of the application. It is needed, and may be any text.
pub(super) const APP_SECRET: &str = "BOT_APP_SECRET";

/// Named values.
pub(super) struct Given {
    values: Option<BTreeMap<String, String>>,
    host: Option<String>,
}

impl Given {
    /// From a file, else from the environment.
    pub(super) fn read(file: Option<&Path>, host: Option<String>) -> Result<Self, String> {
        let Some(file) = file else { return Ok(Self { values: None, host }) };
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let json: Value = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?;
        let values = values(&json).ok_or_else(|| format!("{} is no list of settings", file.display()))?;
        Ok(Self { values: Some(values), host })
    }

    /// A value as it is written.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        let value = match &self.values {
            Some(values) => values.get(name).cloned(),
            None => env::var(name).ok(),
        };
        match name {
            "WEBSITE_HOSTNAME" => self.host.clone().or(value),
            _ => value,
        }
    }

    /// The value is not here, but in a vault that the app may read.
    pub(super) fn is_in_vault(&self, name: &str) -> bool {
        self.value(name).is_some_and(|value| value.starts_with(IN_VAULT))
    }

    /// A value as it can be read here. What lies in a vault counts as not set, where only its own form is taken.
    fn readable(&self, name: &str) -> Option<String> {
        self.value(name).filter(|_| name == APP_SECRET || !self.is_in_vault(name))
    }

    /// The settings, parsed; none where a fault was found.
    pub(super) fn settings(&self, findings: &mut Vec<Finding>) -> Option<Settings> {
        match Settings::read(|name| self.readable(name)) {
            Ok(settings) => {
                findings.push(Finding::good("settings", "each can be read"));
                Some(settings)
            }
            Err(faults) => {
                findings.extend(faults.iter().map(|fault| Finding::told("settings", fault)));
                None
            }
        }
    }
}

/// `{"Values": {...}}`, `[{"name": ..., "value": ...}]`, or the values by their names.
fn values(json: &Value) -> Option<BTreeMap<String, String>> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match (json, json.get("Values").unwrap_or(json)) {
        (Value::Array(list), _) => {
            list.iter().map(|entry| Some((text(&entry["name"])?, text(&entry["value"]).unwrap_or_default()))).collect()
        }
        (_, Value::Object(object)) => {
            Some(object.iter().filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect())
        }
        _ => None,
    }
}
