//! What digits must look like.

use std::borrow::Cow;

use regex_lite::{Regex, RegexBuilder};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Error, Unexpected},
};

/// The longest pattern, in characters.
const LONGEST: usize = 200;

/// The most memory that a pattern may take, in bytes.
const LARGEST: usize = 64 * 1024;

/// A regular expression for all of the digits.
#[derive(Debug)]
pub(in crate::flow) struct Pattern(pub(in crate::flow) String);

/// Whether all of `digits` look as `pattern` says. A pattern that is none fits nothing; a checked flow has no such.
pub fn fits(pattern: &str, digits: &str) -> bool {
    whole(pattern).is_some_and(|regex| regex.is_match(digits))
}

/// The pattern as one for the whole of a text.
fn whole(pattern: &str) -> Option<Regex> {
    let is_short = pattern.chars().count() <= LONGEST;
    // By itself first, so that no bracket of its own closes the one around it.
    let is_pattern = is_short && Regex::new(pattern).is_ok();
    is_pattern.then(|| RegexBuilder::new(&format!("^(?:{pattern})$")).size_limit(LARGEST).build().ok())?
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        match whole(&text) {
            Some(_) => Ok(Self(text)),
            None => {
                let expected = "a regular expression of up to 200 characters, such as \"[1-9][0-9]{5}\"";
                Err(Error::invalid_value(Unexpected::Str(&text), &expected))
            }
        }
    }
}

impl JsonSchema for Pattern {
    fn schema_name() -> Cow<'static, str> {
        "Pattern".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "regex", "maxLength": LONGEST })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_for_all_of_the_digits() {
        assert!(fits("[1-9][0-9]{3}|0", "1234") && fits("[1-9][0-9]{3}|0", "0"));
        for digits in ["0123", "12345", "00", "", "1234\n"] {
            assert!(!fits("[1-9][0-9]{3}|0", digits), "{digits:?}");
        }
    }

    #[test]
    fn what_is_no_pattern_or_too_large_a_one_fits_nothing() {
        for pattern in ["(", "[", "1)|(2", "((1{1000}){1000}){1000}", &"1".repeat(201)] {
            assert!(whole(pattern).is_none(), "{pattern}");
            assert!(!fits(pattern, "1"));
        }
    }
}
