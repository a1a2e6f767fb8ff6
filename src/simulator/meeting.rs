//! Meetings that the bot can join, and who is there when; read from TOML.

use jiff::SignedDuration;
use serde::Deserialize;

use super::script::{Ends, Line, duration};

/// A meeting. Its times count from when the bot asks to join; each time it joins, the meeting is played anew.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meeting {
    /// The organizer's object id, as in the join URL's context.
    pub organizer: String,
    /// The id of the chat thread, as in the join URL's path.
    pub thread: String,
    /// The meeting id that people type, digits alone.
    #[serde(default)]
    pub join_id: Option<String>,
    /// The passcode that goes with it.
    #[serde(default)]
    pub passcode: Option<String>,
    /// Who comes.
    #[serde(default)]
    pub people: Vec<Attendee>,
    /// The bot waits in the lobby, and is admitted after this time.
    #[serde(default, deserialize_with = "duration")]
    pub admits: Option<SignedDuration>,
    /// The bot waits in the lobby, and is turned away after this time.
    #[serde(default, deserialize_with = "duration")]
    pub turns_away: Option<SignedDuration>,
    /// Nobody is let in any more.
    #[serde(default)]
    pub is_locked: bool,
    /// Somebody puts the bot out after this time.
    #[serde(default, deserialize_with = "duration")]
    pub puts_out: Option<SignedDuration>,
    /// Nobody tells the bot who comes and leaves.
    #[serde(default)]
    pub is_unannounced: bool,
}

/// Someone in a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attendee {
    /// The object id.
    pub user: String,
    /// The display name.
    #[serde(default)]
    pub name: String,
    /// When they come; they are there before the bot if this is not given.
    #[serde(default, deserialize_with = "duration")]
    pub joins: Option<SignedDuration>,
    /// When they leave; they stay if this is not given.
    #[serde(default, deserialize_with = "duration")]
    pub leaves: Option<SignedDuration>,
    /// What they do, in order. They do not lose patience.
    #[serde(default)]
    pub does: Vec<Line>,
    /// What must be true at the end.
    #[serde(default)]
    pub ends: Ends,
}

/// Reads a `[[meetings]]` list. The error names what is wrong, with line and column.
pub fn parse(text: &str) -> Result<Vec<Meeting>, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct List {
        #[serde(default)]
        meetings: Vec<Meeting>,
    }
    toml::from_str(text).map(|list: List| list.meetings).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_meetings_is_read() {
        let meetings = parse(
            r##"
            [[meetings]]
            organizer = "0rg"
            thread = "19:meeting_a@thread.v2"
            join_id = "1234567"
            passcode = "psw"
            admits = "5s"
            [[meetings.people]]
            user = "8a1d"
            joins = "10s"
            leaves = "1m"
            "##,
        )
        .unwrap();
        assert_eq!(meetings[0].admits, Some(SignedDuration::from_secs(5)));
        assert_eq!(meetings[0].people[0].leaves, Some(SignedDuration::from_secs(60)));
    }

    #[test]
    fn an_error_says_where_and_what() {
        let error = parse("[[meetings]]\norganizer = \"a\"\nthread = \"t\"\nloby = true").unwrap_err();
        assert!(error.contains("unknown field `loby`") && error.contains("line 4"), "{error}");
    }
}
