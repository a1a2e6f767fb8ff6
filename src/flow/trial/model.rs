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
    /// What the bot does for the call to be; `None` where somebody calls it.
    pub begins: Option<Begins>,
    /// First values of variables, of a call that the bot places or a meeting that it joins.
    pub variables: BTreeMap<String, String>,
    /// The resource account that is dialled instead of the bot itself, or that calls.
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

impl Given {
    /// The id or number of whoever has this name in the file.
    pub fn id_of(&self, name: &str) -> Option<&str> {
        let attendee = match &self.begins {
            Some(Begins::Joins(gathering)) => gathering.people.get(name),
            _ => None,
        };
        self.people.get(name).map(|person| person.id.as_str()).or(attendee.map(|attendee| attendee.id.as_str()))
    }

    /// Everyone's name in the file, with their id or number.
    pub fn everyone(&self) -> impl Iterator<Item = (&str, &str)> {
        let attendees = match &self.begins {
            Some(Begins::Joins(gathering)) => Some(&gathering.people),
            _ => None,
        };
        let people = self.people.iter().map(|(name, person)| (name.as_str(), person.id.as_str()));
        let attendees = attendees.into_iter().flatten().map(|(name, attendee)| (name.as_str(), attendee.id.as_str()));
        people.chain(attendees)
    }
}

/// What the bot does for a call to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begins {
    /// Calls somebody.
    Places(Placed),
    /// Joins a meeting.
    Joins(Gathering),
}

/// Whom the bot calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Their ids or numbers, 1 to 5. The first does what the talk says.
    pub to: Vec<String>,
    /// How long they are rung, in seconds.
    pub ring_s: Option<u32>,
}

/// A meeting, as it goes; times in milliseconds since the bot asks to join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gathering {
    /// Who comes, by the name that they have in this file. The first does what the talk says.
    pub people: BTreeMap<String, Attendee>,
    /// What becomes of the bot in the lobby; `None` where there is none.
    pub lobby: Option<Lobby>,
    /// When somebody puts the bot out.
    pub puts_out: Option<u32>,
}

/// What becomes of the bot in a meeting's lobby.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lobby {
    /// It is let in.
    Admits(u32),
    /// It is turned away.
    TurnsAway(u32),
}

/// Somebody in a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendee {
    /// The object id.
    pub id: String,
    /// When they come; `None` where they are there before the bot.
    pub joins: Option<u32>,
    /// When they leave; `None` where they stay.
    pub leaves: Option<u32>,
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

/// Somebody whom the bot can ring.
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
    /// Is in another call.
    Busy,
    /// Has no telephone that could ring.
    Unreachable,
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
    /// The bot sends so many keys.
    SendsKeys(u8),
    /// Something becomes of somebody, by their id or number; `bot` is the bot itself.
    Somebody(Moves, String),
    /// The call is told something, with values for variables.
    Told {
        /// What.
        event: String,
        /// The values.
        data: BTreeMap<String, String>,
    },
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

/// What can become of somebody in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moves {
    /// Their telephone rings, for a call that the bot places.
    Rings,
    /// The bot invites them into the call.
    Invited,
    /// They come into the call.
    Joins,
    /// They leave it.
    Leaves,
    /// The bot removes them.
    Removed,
    /// The bot mutes them, or itself.
    Muted,
    /// The bot can be heard again.
    Unmuted,
    /// The bot puts them on hold.
    Held,
    /// The bot takes them off hold.
    Unheld,
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
    /// Whom the bot has called hangs up.
    Person,
    /// Nobody takes the call that the bot places.
    NotTaken,
    /// Somebody puts the bot out of the meeting, or does not let it in.
    PutOut,
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
