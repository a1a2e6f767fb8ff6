//! How the call of a test begins, as it is written: somebody calls the bot, or the bot calls somebody or joins a meeting.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    file::GivenTable,
    model::{Attendee, Begins, Gathering, Lobby, Person, Placed},
};
use crate::flow::{
    names::did_you_mean,
    report::{Report, Span},
    value::{Guid, Time},
};

/// Whom the bot calls.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlacedTable {
    /// One of `people`, or a list of up to 5 who are then in one call. The first does what the talk says.
    to: ToText,
    /// How long they are rung: 5s to 10m, in whole seconds. 60s if not given.
    ring: Option<Time<5_000, 600_000, 1_000>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "one of `people`, or a list of them")]
enum ToText {
    One(String),
    Many(Vec<String>),
}

/// A meeting that the bot joins.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MeetingTable {
    /// Who comes, by a name for this file, e.g. `ada = { id = "…", leaves = "1m" }`. The first by name does what the talk says.
    #[serde(default)]
    people: BTreeMap<String, AttendeeTable>,
    /// The bot waits in the lobby, and is let in after this time.
    admits: Option<Time<0, 3_600_000>>,
    /// The bot waits in the lobby, and is turned away after this time.
    turns_away: Option<Time<0, 3_600_000>>,
    /// Somebody puts the bot out after this time.
    puts_out: Option<Time<0, 3_600_000>>,
}

/// Somebody in a meeting. Times count from when the bot asks to join.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AttendeeTable {
    /// The object id.
    id: Guid,
    /// Comes after this time. If not given, is there before the bot.
    joins: Option<Time<0, 3_600_000>>,
    /// Leaves after this time. If not given, stays.
    leaves: Option<Time<0, 3_600_000>>,
}

/// How the call begins; `None` where somebody calls the bot.
pub(super) fn begins(table: &GivenTable, people: &BTreeMap<String, Person>, report: &mut Report<'_>) -> Option<Begins> {
    match (&table.placed, &table.meeting) {
        (Some(placed), None) => Some(Begins::Places(self::placed(placed.get_ref(), people, &placed.span(), report))),
        (None, Some(meeting)) => Some(Begins::Joins(gathering(meeting.get_ref()))),
        (None, None) => None,
        (Some(placed), Some(_)) => {
            report.error(
                placed.span(),
                "the bot cannot call somebody and join a meeting in one call",
                "give one of `placed` and `meeting`",
            );
            None
        }
    }
}

fn placed(table: &PlacedTable, people: &BTreeMap<String, Person>, at: &Span, report: &mut Report<'_>) -> Placed {
    let to = match &table.to {
        ToText::One(name) => vec![name.clone()],
        ToText::Many(names) => names.clone(),
    };
    let known: Vec<&str> = people.keys().map(String::as_str).collect();
    for name in to.iter().filter(|name| !people.contains_key(*name)) {
        let hint = did_you_mean(name, &known)
            .unwrap_or_else(|| format!("define it: `people.{name} = {{ id = \"…\", … }}` in the same `given`"));
        report.error(at.clone(), format!("nobody is called `{name}`"), hint);
    }
    if !(1..=5).contains(&to.len()) {
        report.error(at.clone(), format!("`to` names {}", to.len()), "name 1 to 5 of `people`");
    }
    let ids = to.iter().filter_map(|name| people.get(name)).map(|person| person.id.clone());
    Placed { to: ids.collect(), ring_s: table.ring.map(|ring| ring.ms() / 1_000) }
}

fn gathering(table: &MeetingTable) -> Gathering {
    let time = |time: &Option<Time<0, 3_600_000>>| time.map(Time::ms);
    let attendee =
        |table: &AttendeeTable| Attendee { id: table.id.0.clone(), joins: time(&table.joins), leaves: time(&table.leaves) };
    let lobby = match (time(&table.admits), time(&table.turns_away)) {
        (_, Some(after)) => Some(Lobby::TurnsAway(after)),
        (Some(after), None) => Some(Lobby::Admits(after)),
        (None, None) => None,
    };
    Gathering {
        people: table.people.iter().map(|(name, table)| (name.clone(), attendee(table))).collect(),
        lobby,
        puts_out: time(&table.puts_out),
    }
}
