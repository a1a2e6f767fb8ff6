//! Names of things, each its own type. Parsed, not validated: who holds one holds a good one.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest id that is taken, in bytes; the platform's own are 36.
const LONGEST: usize = 128;

/// What was given cannot be an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an id is 1 to {LONGEST} letters, digits, dashes or underscores")]
pub struct BadId;

/// The normal form of an id: lower case without dashes. Graph writes the same id in either form (upper case without dashes in some
/// `resourceUrl`s, lower case with dashes in `id`).
fn normal(text: &str) -> Result<String, BadId> {
    let fits = (1..=LONGEST).contains(&text.len());
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let id: String = text.chars().filter(|c| *c != '-').map(|c| c.to_ascii_lowercase()).collect();
    if fits && plain && !id.is_empty() { Ok(id) } else { Err(BadId) }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads an id in any of the forms Graph writes it in.
            ///
            /// # Errors
            /// [`BadId`] where it is empty, too long or holds other characters.
            pub fn parse(text: &str) -> Result<Self, BadId> {
                normal(text).map(Self)
            }

            /// The normal form: lower case, no dashes.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadId;

            fn try_from(text: String) -> Result<Self, BadId> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// Our name of a call: the id of its document. For an incoming call the normalised Graph call id, for one we place our own.
    CallKey
}

id! {
    /// Graph's name of a call, in normal form.
    GraphCallId
}

id! {
    /// The name of an order.
    OrderId
}

id! {
    /// Graph's name of an operation, in normal form.
    OperationId
}

id! {
    /// Graph's name of somebody in a call, in normal form.
    ParticipantId
}

impl GraphCallId {
    /// The id as Graph's own URLs have it.
    pub fn in_url(&self) -> String {
        dashed(self.as_str())
    }
}

impl ParticipantId {
    /// The id as Graph's own URLs have it.
    pub fn in_url(&self) -> String {
        dashed(self.as_str())
    }
}

/// With dashes where it is a GUID.
fn dashed(id: &str) -> String {
    match id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()) {
        true => format!("{}-{}-{}-{}-{}", &id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]),
        false => id.to_owned(),
    }
}

/// An order is no call: no document has this key.
impl From<&OrderId> for CallKey {
    fn from(id: &OrderId) -> Self {
        Self(id.as_str().to_owned())
    }
}

impl From<&GraphCallId> for CallKey {
    fn from(id: &GraphCallId) -> Self {
        Self(id.as_str().to_owned())
    }
}

/// The bearer token that opens one recording. Kept in the document until the recording is fetched, and never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordingToken(String);

impl RecordingToken {
    /// Wraps a token.
    pub fn new(token: String) -> Self {
        Self(token)
    }

    /// The token itself, for the `Authorization` header and nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RecordingToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[a token]")
    }
}

/// The unguessable part of a callback URL: 32 hex digits. Never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallbackSecret(String);

impl CallbackSecret {
    /// Wraps 128 random bits.
    pub fn new(bits: u128) -> Self {
        Self(format!("{bits:032x}"))
    }

    /// Reads what stands in a callback URL: 32 hex digits in lower case.
    ///
    /// # Errors
    /// [`BadId`] where it is something else.
    pub fn parse(text: &str) -> Result<Self, BadId> {
        let is_hex = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if is_hex { Ok(Self(text.to_owned())) } else { Err(BadId) }
    }

    /// What opens the call's recordings to Graph, which plays them; says nothing of the secret itself.
    pub fn for_recordings(&self) -> String {
        let mut word = crate::flow::hash::sha256_hex(format!("recordings {}", self.0).as_bytes());
        word.truncate(32);
        word
    }

    /// The secret, for the callback URL and for comparison.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CallbackSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[a secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_spellings_of_one_graph_id_are_equal() {
        let url = GraphCallId::parse("57DAB8B1894C409AB240BD8BEAE78896").unwrap();
        let body = GraphCallId::parse("57dab8b1-894c-409a-b240-bd8beae78896").unwrap();
        assert_eq!(url, body);
        assert_eq!(url.in_url(), "57dab8b1-894c-409a-b240-bd8beae78896");
    }

    #[test]
    fn what_could_change_a_path_is_no_id() {
        for text in ["", "-", "a/b", "a%2fb", "..", "a b", "é", &"a".repeat(129)] {
            assert_eq!(GraphCallId::parse(text), Err(BadId), "{text}");
        }
    }

    #[test]
    fn a_callback_url_ends_in_32_hex_digits_that_are_not_printed() {
        let secret = CallbackSecret::new(0xbeef);
        assert_eq!(CallbackSecret::parse(secret.expose()), Ok(secret.clone()));
        assert!(!format!("{secret:?}").contains("beef"));
        for text in ["", "beef", &"g".repeat(32), &"F".repeat(32), &"f".repeat(33), &"é".repeat(16)] {
            assert_eq!(CallbackSecret::parse(text), Err(BadId), "{text}");
        }
    }

    #[test]
    fn a_recording_token_is_not_printed() {
        let token = RecordingToken::new("opensesame".to_owned());
        assert!(!format!("{token:?}").contains("sesame"));
    }
}
