//! Which prompts a computer has spoken, so that a text changed since then is noticed, and a human's recording is never overwritten.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::hash::sha256_hex;

/// The renderings of one flow, by the prompt's name: what `prompts/rendered.toml` holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Renderings(BTreeMap<String, Rendering>);

/// One of them: which text became which WAV file. Both are SHA-256, lower-case hex.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rendering {
    text: String,
    wave: String,
}

/// What is known of a prompt's WAV file and its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Rendered from the text as it is now.
    Rendered,
    /// Rendered from another text.
    Stale,
    /// Not made by rendering: somebody's own recording.
    Recorded,
}

impl Renderings {
    /// Where the prompt `name` comes from, which says `text` and whose file has the hash `wave`.
    pub fn origin(&self, name: &str, text: &str, wave: &str) -> Origin {
        match self.0.get(name) {
            Some(known) if known.wave != wave => Origin::Recorded,
            Some(known) if known.text != sha256_hex(text.as_bytes()) => Origin::Stale,
            Some(_) => Origin::Rendered,
            None => Origin::Recorded,
        }
    }

    /// Remembers that `text` became the file with the hash `wave`.
    pub fn remember(&mut self, name: &str, text: &str, wave: String) {
        self.0.insert(name.to_owned(), Rendering { text: sha256_hex(text.as_bytes()), wave });
    }

    /// Forgets every prompt that `keep` does not want.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.0.retain(|name, _| keep(name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_is_stale_once_its_text_has_changed() {
        let mut renderings = Renderings::default();
        renderings.remember("hello", "Hello.", "aa".to_owned());
        assert_eq!(renderings.origin("hello", "Hello.", "aa"), Origin::Rendered);
        assert_eq!(renderings.origin("hello", "Hi.", "aa"), Origin::Stale);
    }

    #[test]
    fn a_file_that_no_rendering_made_is_somebodys_recording() {
        let mut renderings = Renderings::default();
        renderings.remember("hello", "Hello.", "aa".to_owned());
        assert_eq!(renderings.origin("hello", "Hi.", "bb"), Origin::Recorded);
        assert_eq!(renderings.origin("other", "Hi.", "aa"), Origin::Recorded);
    }
}
