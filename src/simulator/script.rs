//! What a scripted caller does: a list of cues and deeds, read from TOML.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer, de};

use super::{contact::Rung, observation::EndedBy};

/// A person who calls the bot, and what must come of it. Without lines the caller is led from outside, by
/// `World::press` and `World::hang_up`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// Who calls; a user with an invented id if none is given.
    #[serde(default)]
    pub caller: Option<Caller>,
    /// The application instance (resource account) that is dialled instead of the bot itself.
    #[serde(default)]
    pub instance: Option<String>,
    /// Whom a transfer can reach, by user id or number, besides the contacts. Anyone else answers after 3 s.
    #[serde(default)]
    pub people: BTreeMap<String, Rung>,
    /// A transfer that is declined or not answered comes back with the code of just that, instead of the documented 500.
    #[serde(default)]
    pub fine_transfers: bool,
    /// What the caller does, in order.
    #[serde(default)]
    pub does: Vec<Line>,
    /// What must be true at the end.
    #[serde(default)]
    pub ends: Ends,
}

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "CallerText")]
pub enum Caller {
    /// Someone with an account.
    User {
        /// The object id of the account.
        id: String,
        /// The display name.
        name: String,
    },
    /// Someone on the telephone network.
    Phone {
        /// The number, E.164.
        number: String,
    },
}

/// A cue and what the caller does then. Without a deed the caller just listens to the end of the cue's prompt.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "LineText")]
pub struct Line {
    /// A prompt's name, or some of its words in any case. Empty: the line follows the one before it, with no cue of its own. A script
    /// that is read from TOML has no such line.
    pub hears: String,
    /// How long after the cue's prompt has been heard to its end the deed begins.
    pub after: SignedDuration,
    /// Begin 1 s after the cue's prompt begins instead.
    pub barge_in: bool,
    /// How long the caller speaks once the recording has begun.
    pub speaks: Option<SignedDuration>,
    /// Keys pressed, one each 500 ms, after speaking. A comma is a pause of a second.
    pub presses: String,
    /// Hang up, last of all.
    pub hangs_up: bool,
}

/// What must be true of a call that is over.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ends {
    /// Who ended it.
    #[serde(default)]
    pub by: Option<EndedBy>,
    /// How many recordings were finished and kept.
    #[serde(default)]
    pub recordings: Option<u32>,
}

/// Reads a script. The error names what is wrong, with line and column.
pub fn parse(text: &str) -> Result<Script, String> {
    toml::from_str(text).map_err(|error| error.to_string())
}

impl Line {
    /// Nothing but listening.
    pub(crate) fn only_listens(&self) -> bool {
        self.speaks.is_none() && self.presses.is_empty() && !self.hangs_up
    }

    /// It waits for nothing but the line before it.
    pub(crate) fn follows(&self) -> bool {
        self.hears.is_empty()
    }

    /// Whether a prompt is the cue.
    pub(crate) fn awaits(&self, name: &str, words: &str) -> bool {
        !self.follows() && (name == self.hears || words.to_lowercase().contains(&self.hears.to_lowercase()))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallerText {
    user: Option<String>,
    name: Option<String>,
    phone: Option<String>,
}

impl TryFrom<CallerText> for Caller {
    type Error = String;

    fn try_from(text: CallerText) -> Result<Self, String> {
        match text {
            CallerText { user: Some(id), name, phone: None } => {
                Ok(Self::User { id, name: name.unwrap_or_else(|| "Caller".to_owned()) })
            }
            CallerText { user: None, name: None, phone: Some(number) } => {
                if !number.starts_with('+') {
                    return Err("`phone` must begin with + and the country code".to_owned());
                }
                Ok(Self::Phone { number })
            }
            _ => Err("a caller has either `user` (and perhaps `name`) or `phone`".to_owned()),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineText {
    hears: String,
    then: Option<Wait>,
    #[serde(default)]
    presses: String,
    #[serde(default, deserialize_with = "duration")]
    after: Option<SignedDuration>,
    #[serde(default)]
    barge_in: bool,
    #[serde(default, deserialize_with = "duration")]
    speaks: Option<SignedDuration>,
    #[serde(default)]
    hangs_up: bool,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Wait {
    Wait,
}

impl TryFrom<LineText> for Line {
    type Error = String;

    fn try_from(text: LineText) -> Result<Self, String> {
        if let Some(key) = text.presses.chars().find(|key| !is_key(*key) && *key != PAUSE) {
            return Err(format!("`presses` has {key:?}; the keys are 0 to 9, * and #, and a comma is a pause"));
        }
        if text.hears.trim().is_empty() {
            return Err("`hears` is empty; give a prompt's name or some of its words".to_owned());
        }
        if text.barge_in && text.after.is_some() {
            return Err("`after` counts from the prompt's end; leave it out with `barge_in`".to_owned());
        }
        let line = Self {
            hears: text.hears,
            after: text.after.unwrap_or(SignedDuration::from_secs(1)),
            barge_in: text.barge_in,
            speaks: text.speaks,
            presses: text.presses,
            hangs_up: text.hangs_up,
        };
        if text.then == Some(Wait::Wait) && !line.only_listens() {
            return Err("`then = \"wait\"` goes with no deed".to_owned());
        }
        Ok(line)
    }
}

/// A pause between keys.
pub(crate) const PAUSE: char = ',';

/// Whether a telephone has this key.
pub(crate) fn is_key(key: char) -> bool {
    matches!(key, '0'..='9' | '*' | '#')
}

pub(crate) fn duration<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SignedDuration>, D::Error> {
    let text = String::deserialize(from)?;
    match text.parse::<SignedDuration>() {
        Ok(length) if !length.is_negative() && length.as_hours() < 24 => Ok(Some(length)),
        _ => Err(de::Error::custom(format!("{text:?} is not a length of time such as \"4s\", \"500ms\" or \"1m 30s\""))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_script_is_read() {
        let script = parse(
            r##"
            caller = { user = "8a1d", name = "Ada" }
            instance = "77aa"
            people."550f" = { declines = "2s" }
            people."+4420" = { ignores = true }
            [[does]]
            hears = "main_menu"
            then = "wait"
            [[does]]
            hears = "main_menu"
            presses = "9#"
            barge_in = true
            [[does]]
            hears = "leave a message"
            speaks = "6s"
            presses = "#"
            hangs_up = true
            [ends]
            by = "caller"
            recordings = 1
            "##,
        )
        .unwrap();
        let second = SignedDuration::from_secs;
        assert_eq!(script.caller, Some(Caller::User { id: "8a1d".into(), name: "Ada".into() }));
        assert_eq!(script.people["550f"], Rung::Declines(second(2)));
        assert_eq!(script.people["+4420"], Rung::Ignores);
        assert!(script.does[0].only_listens());
        assert!(script.does[1].barge_in);
        assert_eq!(script.does[2].speaks, Some(second(6)));
        assert_eq!(script.does[2].after, second(1));
        assert_eq!(script.ends, Ends { by: Some(EndedBy::Caller), recordings: Some(1) });
    }

    #[test]
    fn an_empty_script_is_a_caller_led_from_outside() {
        assert_eq!(parse("").unwrap(), Script::default());
    }

    #[test]
    fn a_cue_is_a_name_or_words_in_any_case() {
        let script = parse("[[does]]\nhears = \"leave a Message\"").unwrap();
        assert!(script.does[0].awaits("leave_message", "Please leave a message now."));
        assert!(!script.does[0].awaits("leave_message", "Goodbye."));
    }

    #[test]
    fn an_error_says_where_and_what() {
        for (text, what) in [
            ("\n[[does]]\nhears = \"menu\"\npreses = \"1\"", "unknown field `preses`"),
            ("\n[[does]]\nhears = \"menu\"\npresses = \"1x\"", "'x'"),
            ("\n[[does]]\nhears = \"menu\"\nspeaks = \"-6s\"", "not a length of time"),
            ("\n[[does]]\nhears = \"menu\"\nspeaks = 6", "invalid type"),
            ("\n[[does]]\nhears = \" \"", "`hears` is empty"),
            ("\n[[does]]\nhears = \"a\"\nthen = \"wait\"\npresses = \"1\"", "no deed"),
            ("\n[[does]]\nhears = \"a\"\nbarge_in = true\nafter = \"1s\"", "leave it out"),
            ("\ncaller = { user = \"a\", phone = \"+1\" }", "either `user`"),
            ("\ncaller = { phone = \"0800\" }", "begin with +"),
            ("\npeople.a = { answers = \"1s\", ignores = true }", "one of"),
            ("\n[ends]\nby = \"nobody\"", "unknown variant"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(what), "{error}");
            assert!(error.contains("line 2") || error.contains("line 3") || error.contains("line 4"), "{error}");
        }
    }
}
