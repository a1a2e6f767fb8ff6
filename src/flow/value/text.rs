//! Text of a certain form.

use std::{borrow::Cow, collections::BTreeSet, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Unexpected, Visitor},
};

use crate::flow::key::Key;

/// Keys, written one after the other; none is fine.
#[derive(Debug)]
pub(in crate::flow) struct Keys(pub(in crate::flow) BTreeSet<Key>);

/// An object id of Microsoft Entra, kept in lower case.
#[derive(Debug)]
pub(in crate::flow) struct Guid(pub(in crate::flow) String);

/// A phone number in E.164. No message repeats it.
#[derive(Debug)]
pub(in crate::flow) struct Phone(pub(in crate::flow) String);

/// The path of a WAV file in the flow's `prompts` folder.
#[derive(Debug)]
pub(in crate::flow) struct WavePath(pub(in crate::flow) String);

/// What a prompt says.
#[derive(Debug)]
pub(in crate::flow) struct Words(pub(in crate::flow) String);

/// Reads text that `parse` takes; where it does not, the error says what was `expected` and of the text only what `shown` makes of it.
pub(super) fn read_text<'de, D, T>(
    input: D,
    parse: fn(&str) -> Option<T>,
    expected: &str,
    shown: fn(&str) -> Unexpected<'_>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    input.deserialize_str(Text { parse, expected, shown })
}

struct Text<'a, T> {
    parse: fn(&str) -> Option<T>,
    expected: &'a str,
    shown: fn(&str) -> Unexpected<'_>,
}

impl<T> Visitor<'_> for Text<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.parse)(text).ok_or_else(|| E::invalid_value((self.shown)(text), &self))
    }
}

/// For short texts.
pub(super) fn shown(text: &str) -> Unexpected<'_> {
    Unexpected::Str(text)
}

/// For texts that no message should repeat, or that are long.
pub(super) fn hidden(_: &str) -> Unexpected<'_> {
    Unexpected::Other("this text")
}

/// Gives a type of text its reading and its schema.
macro_rules! text {
    ($name:ident, $parse:expr, $pattern:literal, $expected:literal, $shown:expr) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                read_text(input, $parse, $expected, $shown)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern, "description": $expected })
            }
        }
    };
}

pub(super) use text;

impl Serialize for Keys {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.collect_str(&self.0.iter().map(Key::to_string).collect::<String>())
    }
}

text!(Keys, keys, "^[0-9*#A-Da-d]*$", "keys, each once, such as \"#\" or \"*#\"", shown);
text!(
    Guid,
    guid,
    "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
    "an object id, such as \"0f3a9c52-7d41-4be6-8a15-2c9e60d7b314\"",
    hidden
);
text!(
    Phone,
    phone,
    "^\\+[1-9][0-9]{6,14}$",
    "a phone number in E.164, such as \"+4930123456\": no spaces, no zero after the +",
    hidden
);
text!(
    WavePath,
    wave_path,
    "^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*\\.wav$",
    "the path of a WAV file in the folder `prompts`, such as \"welcome.wav\"",
    shown
);
text!(Words, words, "^[\\s\\S]{1,2000}$", "what the prompt says, 1 to 2,000 characters", hidden);

fn keys(text: &str) -> Option<Keys> {
    let keys: BTreeSet<Key> = text.chars().map(|c| Key::try_from(c).ok()).collect::<Option<_>>()?;
    (keys.len() == text.len()).then_some(Keys(keys))
}

/// The object id that `text` is.
pub(in crate::flow) fn guid(text: &str) -> Option<Guid> {
    let parts: Vec<&str> = text.split('-').collect();
    let shaped = parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]);
    let hex = parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_hexdigit()));
    (shaped && hex).then(|| Guid(text.to_ascii_lowercase()))
}

/// The phone number that `text` is.
pub(in crate::flow) fn phone(text: &str) -> Option<Phone> {
    let digits = text.strip_prefix('+')?;
    let shaped = (7..=15).contains(&digits.len()) && !digits.starts_with('0');
    (shaped && digits.bytes().all(|b| b.is_ascii_digit())).then(|| Phone(text.to_owned()))
}

fn wave_path(text: &str) -> Option<WavePath> {
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    text.strip_suffix(".wav")?.split('/').all(plain).then(|| WavePath(text.to_owned()))
}

fn words(text: &str) -> Option<Words> {
    let spoken = !text.trim().is_empty() && text.chars().count() <= 2_000;
    spoken.then(|| Words(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_are_read_in_e164_alone() {
        assert!(phone("+4930123456").is_some());
        for text in ["4930123456", "+049301234", "+49 30 123456", "+49", "+1234567890123456", "+49301234x", ""] {
            assert!(phone(text).is_none(), "{text}");
        }
    }

    #[test]
    fn object_ids_are_kept_in_lower_case() {
        let id = guid("0F3A9C52-7D41-4BE6-8A15-2C9E60D7B314").unwrap();
        assert_eq!(id.0, "0f3a9c52-7d41-4be6-8a15-2c9e60d7b314");
        for text in ["0f3a9c527d414be68a152c9e60d7b314", "0f3a9c52-7d41-4be6-8a15-2c9e60d7b31g", "{0f3a9c52}", ""] {
            assert!(guid(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_wav_file_lies_in_the_folder_of_prompts() {
        assert!(wave_path("de/welcome.wav").is_some());
        for text in ["../welcome.wav", "/etc/x.wav", "a//b.wav", "welcome.mp3", ".wav", "a b.wav", "a\\b.wav"] {
            assert!(wave_path(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_key_is_written_once() {
        assert_eq!(keys("#*").unwrap().0.len(), 2);
        assert!(keys("##").is_none());
        assert!(keys("x").is_none());
    }
}
