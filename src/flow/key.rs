//! A key of the telephone's keypad.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// One key: `0` to `9`, `*`, `#`, or `A` to `D`, which no ordinary phone has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "char", into = "char")]
pub struct Key(char);

/// What was given is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no key; keys are 0 to 9, * and #")]
pub struct NoKey(String);

impl TryFrom<char> for Key {
    type Error = NoKey;

    fn try_from(c: char) -> Result<Self, NoKey> {
        match c.to_ascii_uppercase() {
            c @ ('0'..='9' | '*' | '#' | 'A'..='D') => Ok(Self(c)),
            _ => Err(NoKey(c.to_string())),
        }
    }
}

impl From<Key> for char {
    fn from(key: Key) -> Self {
        key.0
    }
}

impl FromStr for Key {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Self, NoKey> {
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) => Self::try_from(c),
            _ => Err(NoKey(text.to_owned())),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_a_keypad_is_read_and_written_alike() {
        for c in "0123456789*#ABCD".chars() {
            let key: Key = c.to_string().parse().unwrap();
            assert_eq!(key.to_string(), c.to_string());
        }
    }

    #[test]
    fn what_is_no_key_is_refused_by_name() {
        for text in ["", "12", "x", "é"] {
            let error = text.parse::<Key>().unwrap_err().to_string();
            assert!(error.contains(&format!("`{text}`")), "{error}");
        }
    }
}
