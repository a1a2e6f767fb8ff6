//! The steps that speak with the caller: what they play, and what they listen for.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{company::Leads, key::Key, template::Template};

/// Plays prompts in order, then goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Play {
    /// Names of prompts; 1 to 18: Graph takes 20 in one request, and a menu adds its retry prompt and the silence that it waits in.
    pub prompts: Vec<String>,
    /// How often they are played, 1 to 50.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub times: u8,
    /// Any key cuts them short and leads on.
    #[serde(default, skip_serializing_if = "is_not")]
    pub barge_in: bool,
    /// Where keys lead that cut them short.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub keys: BTreeMap<Key, String>,
    /// The next step.
    pub then: String,
}

/// Offers choices and takes one key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Menu {
    /// Names of the prompts that say the choices; 1 to 18.
    pub prompts: Vec<String>,
    /// Names of the prompts that say the choices once more; where there are none, the first ones do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub short_prompts: Vec<String>,
    /// How long to wait for a key when the prompts have ended, in milliseconds; 1,000 to 60,000.
    pub timeout_ms: u32,
    /// A key cuts the prompts short. If not, keys pressed before the prompts' end are not heard.
    pub barge_in: bool,
    /// Where each key leads.
    pub keys: BTreeMap<Key, String>,
    /// The key that has the choices said again, in full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Key>,
    /// The key that leads to the menu before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back: Option<Key>,
    /// The key that leads to the first menu of the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top: Option<Key>,
    /// What follows when no key is pressed.
    pub no_input: Retry,
    /// What follows when a key is pressed that the menu does not offer.
    pub no_match: Retry,
    /// The next step when the call ends in the middle of it; one that needs no ears.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hung_up: Option<String>,
}

/// Collects digits that the caller types, one after the other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Collect {
    /// Names of the prompts that ask for the digits; 1 to 18.
    pub prompts: Vec<String>,
    /// The fewest digits; 0 to 32.
    pub least: u8,
    /// The most digits; 1 to 32. When so many are there, nothing more is waited for.
    pub most: u8,
    /// Keys that end the digits.
    pub stop_keys: BTreeSet<Key>,
    /// How long to wait for the first key when the prompts have ended, in milliseconds; 1,000 to 60,000.
    pub timeout_ms: u32,
    /// How long to wait for each further key, in milliseconds; 1,000 to 30,000.
    pub inter_digit_timeout_ms: u32,
    /// A key cuts the prompts short. If not, keys pressed before the prompts' end are not heard.
    pub barge_in: bool,
    /// A regular expression for all of the digits.
    pub pattern: Option<String>,
    /// What the digits must equal: plain digits, or their keyed hash.
    pub matches: Option<Template>,
    /// The variable that the digits are put into. `None` where they are secret.
    pub into: Option<String>,
    /// The digits are kept nowhere, and while they are typed only sealed.
    pub secret: bool,
    /// What follows when no key is pressed.
    pub no_input: Retry,
    /// What follows when the digits are not right.
    pub no_match: Retry,
    /// The next step when they are.
    pub then: String,
    /// The next step when the call ends in the middle of it; one that needs no ears.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hung_up: Option<String>,
}

/// What a step does about an attempt that failed: says so, asks again, and in the end goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Retry {
    /// The prompt that says what went wrong, played before the caller is asked again.
    pub prompt: Option<String>,
    /// At which failure of this kind the step is left, 1 to 10. With 1 the caller is never asked again.
    pub attempts: u8,
    /// The step for when the attempts are used up.
    pub then: String,
}

/// Records what the caller says. What is longer than the 120 seconds that Graph records is recorded in parts, which are joined.
///
/// <https://learn.microsoft.com/graph/api/call-record>
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The prompt that asks the caller to speak.
    pub prompt: Option<String>,
    /// A beep before the recording begins.
    pub beep: bool,
    /// The longest recording, in seconds; 1 to 1,800.
    pub longest_s: u16,
    /// How long to wait for the first word, in seconds; 1 to 120.
    pub first_silence_s: u8,
    /// The pause that ends the recording, in seconds; 1 to 120.
    pub silence_s: u8,
    /// Keys that end the recording.
    pub stop_keys: BTreeSet<Key>,
    /// What is offered when something was recorded; nothing where it is simply kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,
    /// The next step when something was recorded.
    pub then: String,
    /// The next step when nothing was said, or nothing could be recorded.
    pub nothing: String,
    /// The next step when the call ends in the middle of it and something was said; one that needs no ears.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hung_up: Option<String>,
}

/// Lets the caller listen to a recording, say it again, or keep it. Who chooses nothing, or hangs up, has kept it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Review {
    /// The prompt that says the choices.
    pub prompt: String,
    /// The key that plays the recording.
    pub listen: Key,
    /// The key that records anew.
    pub again: Key,
    /// The key that keeps the recording.
    pub keep: Key,
    /// How long to wait for a key when the prompt has ended, in milliseconds; 1,000 to 60,000.
    pub timeout_ms: u32,
    /// How often nothing may be chosen, 1 to 10; then the recording is kept.
    pub attempts: u8,
}

/// Sends keys to the other side, as if they were pressed here.
///
/// <https://learn.microsoft.com/graph/api/call-senddtmftones>
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SendKeys {
    /// The keys, 1 to 64; whatever else its variables bring in is left out.
    pub keys: Template,
    /// How long it is silent between two of them, in milliseconds; 0 to 10,000.
    pub pause_ms: u16,
    /// Where it leads.
    pub leads: Leads,
}

fn once() -> u8 {
    1
}

fn is_once(times: &u8) -> bool {
    *times == 1
}

fn is_not(is: &bool) -> bool {
    !is
}
