//! How one setting is read, and what is said when it cannot be.

use secrecy::SecretString;

use super::table::{self, SETTINGS};

/// What is wrong with one setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} {fault}; for example {name}={example}")]
pub struct SettingError {
    /// The environment variable.
    pub name: &'static str,
    /// What is wrong: `is not set`, `is not a GUID`. Never the value itself.
    pub fault: String,
    /// A right value.
    pub example: &'static str,
}

/// Reads settings one by one and remembers every fault.
pub(super) struct Reader<'a> {
    get: &'a dyn Fn(&str) -> Option<String>,
    faults: Vec<SettingError>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(get: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { get, faults: Vec::new() }
    }

    /// What is set, else the default; without blanks at either end. `None` where there is neither.
    pub(super) fn text(&self, name: &'static str) -> Option<String> {
        let default = table::find(name).default.to_owned();
        let set = (self.get)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        set.or(Some(default).filter(|default| !default.is_empty()))
    }

    /// A setting that may be left out. `None` also where it is wrong, which is remembered.
    pub(super) fn optional<T>(&mut self, name: &'static str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        match parse(&self.text(name)?) {
            Ok(value) => Some(value),
            Err(fault) => self.fault(name, fault),
        }
    }

    /// A setting that must be there. `None` where it is missing or wrong, which is remembered.
    pub(super) fn required<T>(&mut self, name: &'static str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        match self.text(name) {
            Some(_) => self.optional(name, parse),
            None => self.fault(name, "is not set"),
        }
    }

    /// Remembers a fault.
    pub(super) fn fault<T>(&mut self, name: &'static str, fault: impl Into<String>) -> Option<T> {
        self.faults.push(SettingError { name, fault: fault.into(), example: table::find(name).example });
        None
    }

    /// The whole, if it is complete and nothing was wrong.
    pub(super) fn finish<T>(mut self, whole: Option<T>) -> Result<T, Vec<SettingError>> {
        match whole {
            Some(whole) if self.faults.is_empty() => Ok(whole),
            _ => {
                self.faults.sort_by_key(|fault| SETTINGS.iter().position(|setting| setting.name == fault.name));
                Err(self.faults)
            }
        }
    }
}

/// Reads a GUID, and yields it in lower case.
///
/// # Errors
/// What is wrong, without the text.
pub fn guid(text: &str) -> Result<String, String> {
    let lengths = text.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    match lengths && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit()) {
        true => Ok(text.to_ascii_lowercase()),
        false => Err("is not a GUID: 8-4-4-4-12 hexadecimal digits".to_owned()),
    }
}

/// A whole number within limits.
pub(super) fn number(least: u32, most: u32) -> impl FnOnce(&str) -> Result<u32, String> {
    move |text| match text.parse() {
        Ok(n) if (least..=most).contains(&n) => Ok(n),
        _ => Err(format!("is not a whole number from {least} to {most}")),
    }
}

/// Parts between commas, each read alike; at least one.
pub(super) fn list<T>(item: impl Fn(&str) -> Result<T, String>) -> impl FnOnce(&str) -> Result<Vec<T>, String> {
    move |text| {
        let parts = text.split(',').map(str::trim).enumerate();
        parts.map(|(n, part)| item(part).map_err(|fault| format!("has an item {} that {fault}", n + 1))).collect()
    }
}

/// Any text.
pub(super) fn any(text: &str) -> Result<String, String> {
    match text {
        "" => Err("is empty".to_owned()),
        text => Ok(text.to_owned()),
    }
}

/// A secret: it is not printed.
pub(super) fn secret(text: &str) -> Result<SecretString, String> {
    Ok(SecretString::from(text))
}
