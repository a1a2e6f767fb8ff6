//! A checked test of a flow.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// One test: a call, and what must come of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// A sentence about the flow.
    pub name: String,
    /// The line of the file in which it begins, from 1.
    pub line: usize,
    /// How the world stands.
    pub given: Given,
    /// What is said and done, in order; the last line ends the call.
    pub talk: Vec<Said>,
    /// What must be left when the call is over.
    pub leaves: Leaves,
}

/// How the world stands when the call comes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Given {
    /// Who calls.
    pub caller: Option<Caller>,
    /// The resource account that is dialled instead of the bot itself.
    pub instance: Option<String>,
    /// When; the present if not given.
    pub clock: Option<Timestamp>,
    /// The switches that are on.
    pub switches: Vec<String>,
    /// What hooks answer, by name.
    pub hooks: BTreeMap<String, Answer>,
    /// Who can be reached, by the name that they have in this file.
    pub people: BTreeMap<String, Person>,
}

/// What a hook answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The status of HTTP.
    pub status: u16,
    /// The body; `None` is an empty one.
    pub body: Option<Json>,
}

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Someone with an account.
    User {
        /// The object id.
        id: String,
        /// The display name.
        name: Option<String>,
    },
    /// Someone on the telephone network, by number in E.164.
    Phone(String),
}

/// Somebody to whom the call may be passed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The object id or the number.
    pub id: String,
    /// What they do about the call.
    pub does: Answering,
}

/// What somebody does about a call; times in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answering {
    /// Takes it after this time.
    Answers(u32),
    /// Declines it after this time.
    Declines(u32),
    /// Does nothing.
    Ignores,
}

/// A line of the talk, and where it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The line of the file, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What it says.
    pub what: Line,
}

/// What the caller does, or what is observed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// The caller hears something to its end.
    Hears(Cue),
    /// The caller hears the beginning of something and does what comes next in the middle of it.
    Interrupts(Cue),
    /// Nothing is heard and nothing is done for this long, in milliseconds, give or take a second.
    Silence(u32),
    /// The caller presses a key.
    Presses(char),
    /// The caller speaks after the beep, in milliseconds.
    Speaks(u32),
    /// A recording is over.
    Recorded(Recorded),
    /// The bot passes the call on to this id or number.
    TransfersTo(String),
    /// The bot sends the unanswered call to these ids or numbers.
    RedirectsTo(Vec<String>),
    /// Graph refuses what the bot asks for, e.g. `transfer`.
    Refused(String),
    /// The caller hangs up.
    HangsUp,
    /// The call is over.
    Ends(End),
}

/// What is heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cue {
    /// A prompt, by its name or some of its words.
    Prompt(String),
    /// What the caller has said: the first recording of the call is 1.
    Recording(u8),
}

/// Why a recording is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Recorded {
    /// The caller pressed a key that stops it.
    Key,
    /// The caller fell silent.
    Silence,
    /// It reached its longest length.
    Longest,
    /// Nobody spoke.
    Nothing,
    /// The bot broke it off.
    Cancelled,
}

/// Who ends a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The caller hangs up.
    Caller,
    /// The bot hangs up.
    Bot,
    /// Somebody takes the transferred call.
    Transfer,
    /// The bot declines the call unanswered.
    Rejected,
    /// The bot sends the call elsewhere unanswered.
    Redirected,
    /// Graph, for a deadline that the bot missed.
    Platform,
}

/// What must be left when the call is over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leaves {
    /// How many recordings are kept; not looked at if not given.
    pub recordings: Option<u32>,
    /// Variables by name; others may be there too.
    pub variables: BTreeMap<String, String>,
    /// What hooks were told, in order; not looked at if not given.
    pub notified: Option<Vec<Notified>>,
}

/// What a hook must have been told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notified {
    /// The hook.
    pub hook: String,
    /// The type of the event; any if not given.
    pub event: Option<String>,
    /// Variables by name; others may have been told too.
    pub variables: BTreeMap<String, String>,
}
