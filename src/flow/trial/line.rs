//! One line of a test's talk, as it is written: a table with one attribute.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::model::{Cue, End, Line, Moves, Recorded};
use crate::flow::value::{Count, Pressed, Time};

/// What the caller does, or what is observed: one of these.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum LineTable {
    /// The caller hears a prompt to its end, by its name or some of its words, or what was recorded, e.g. `{ recording = 1 }`; or a list
    /// of them, one after the other.
    Hears(Heard),
    /// The caller hears the beginning of a prompt or of what was recorded, and does what the next line says in the middle of it.
    Interrupts(CueText),
    /// For this long nothing is heard and nothing done, give or take a second.
    Silence(Time<1_000, 3_600_000>),
    /// The caller presses keys, one each half second: 1s after what was heard last, or after the silence before this line.
    Presses(Pressed),
    /// The caller speaks for this long, as soon as the beep has sounded.
    Speaks(Time<500, 600_000>),
    /// A recording is over; why.
    Recorded(Recorded),
    /// The bot passes the call on to somebody of `people`, an object id or a phone number.
    TransfersTo(String),
    /// The bot sends the unanswered call to these people, object ids or phone numbers.
    RedirectsTo(Vec<String>),
    /// Somebody's telephone rings, for a call that the bot places: one of `people`, an object id or a phone number.
    Rings(String),
    /// The bot invites somebody into the call.
    Invites(String),
    /// Somebody comes into the call: invited, or into a meeting.
    Joins(String),
    /// Somebody leaves a call of several, which goes on.
    Leaves(String),
    /// The bot removes somebody from the call.
    Removes(String),
    /// The bot mutes somebody, or itself: "bot".
    Mutes(String),
    /// The bot can be heard again: "bot".
    Unmutes(String),
    /// The bot puts somebody on hold.
    Holds(String),
    /// The bot takes somebody off hold.
    Unholds(String),
    /// The bot sends so many keys to the other side.
    SendsKeys(Count<1, 64>),
    /// The call is told something, as by `POST /api/calls/{id}/events`: 1s after what was heard last, or after the silence before this
    /// line. By its name, or `{ event = "…", data = { … } }`.
    Told(ToldText),
    /// Graph refuses what the bot asks for, by the action's name, e.g. "transfer".
    Refused(String),
    /// The caller hangs up: `true`. It ends the call.
    HangsUp(Yes),
    /// The call is over; by whom.
    Ends(End),
}

/// What is heard.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "the name of a prompt or some of its words, `{ recording = 1 }`, or a list of them")]
pub(super) enum Heard {
    One(CueText),
    Many(Vec<CueText>),
}

/// One thing that is heard.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "the name of a prompt or some of its words, or `{ recording = 1 }`")]
pub(super) enum CueText {
    Prompt(String),
    Recording(RecordingTable),
}

/// What the caller has said.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordingTable {
    /// Which recording of the call, in the order in which they were made: 1 to 100. One of more than two minutes is heard in parts, each
    /// of which counts.
    recording: Count<1, 100>,
}

impl From<CueText> for Cue {
    fn from(text: CueText) -> Self {
        match text {
            CueText::Prompt(prompt) => Self::Prompt(prompt),
            CueText::Recording(table) => Self::Recording(table.recording.get()),
        }
    }
}

/// What the call is told.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "the name of an event, or `{ event = \"…\", data = { … } }`")]
pub(super) enum ToldText {
    Event(String),
    WithData(ToldTable),
}

/// What the call is told, with values for variables.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ToldTable {
    /// Its name.
    event: String,
    /// Values for variables that the flow has.
    #[serde(default)]
    data: BTreeMap<String, String>,
}

/// `true`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(try_from = "bool")]
pub(super) struct Yes;

impl TryFrom<bool> for Yes {
    type Error = &'static str;

    fn try_from(yes: bool) -> Result<Self, Self::Error> {
        yes.then_some(Self).ok_or("write `hangs_up = true`, or leave the line out")
    }
}

impl LineTable {
    /// What becomes of whom, where it says that.
    pub(super) fn somebody(&self) -> Option<(Moves, &str)> {
        match self {
            Self::Rings(who) => Some((Moves::Rings, who)),
            Self::Invites(who) => Some((Moves::Invited, who)),
            Self::Joins(who) => Some((Moves::Joins, who)),
            Self::Leaves(who) => Some((Moves::Leaves, who)),
            Self::Removes(who) => Some((Moves::Removed, who)),
            Self::Mutes(who) => Some((Moves::Muted, who)),
            Self::Unmutes(who) => Some((Moves::Unmuted, who)),
            Self::Holds(who) => Some((Moves::Held, who)),
            Self::Unholds(who) => Some((Moves::Unheld, who)),
            _ => None,
        }
    }

    /// What it says, as one or more single things. Names of people are looked up by `id_of`.
    pub(super) fn into_lines(self, id_of: &dyn Fn(&str) -> String) -> Vec<Line> {
        if let Some((moves, who)) = self.somebody() {
            return vec![Line::Somebody(moves, id_of(who))];
        }
        match self {
            Self::Hears(Heard::One(cue)) => vec![Line::Hears(cue.into())],
            Self::Hears(Heard::Many(cues)) => cues.into_iter().map(|cue| Line::Hears(cue.into())).collect(),
            Self::Interrupts(cue) => vec![Line::Interrupts(cue.into())],
            Self::Silence(time) => vec![Line::Silence(time.ms())],
            Self::Presses(keys) => keys.0.chars().map(Line::Presses).collect(),
            Self::Speaks(time) => vec![Line::Speaks(time.ms())],
            Self::Recorded(why) => vec![Line::Recorded(why)],
            Self::TransfersTo(person) => vec![Line::TransfersTo(id_of(&person))],
            Self::RedirectsTo(people) => vec![Line::RedirectsTo(people.iter().map(|one| id_of(one)).collect())],
            Self::SendsKeys(count) => vec![Line::SendsKeys(count.get())],
            Self::Told(ToldText::Event(event)) => vec![Line::Told { event, data: BTreeMap::new() }],
            Self::Told(ToldText::WithData(ToldTable { event, data })) => vec![Line::Told { event, data }],
            Self::Refused(action) => vec![Line::Refused(action)],
            // Somebody moves: said above.
            Self::Rings(_) | Self::Invites(_) | Self::Joins(_) | Self::Leaves(_) | Self::Removes(_) => Vec::new(),
            Self::Mutes(_) | Self::Unmutes(_) | Self::Holds(_) | Self::Unholds(_) => Vec::new(),
            Self::HangsUp(Yes) => vec![Line::HangsUp],
            Self::Ends(by) => vec![Line::Ends(by)],
        }
    }
}
