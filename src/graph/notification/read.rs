//! The post and its items, each read by itself.

use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, value::RawValue};

use super::{
    data::{self, OperationKind},
    resource::{Part, Resource},
};
use crate::call::{CallKey, CallState, Event, GraphCallId, Update};

/// The most notifications taken in one post.
pub const MOST_ITEMS: usize = 512;

/// What Graph posted.
#[derive(Debug, Clone, PartialEq)]
pub enum Post {
    /// Nothing.
    Empty,
    /// The first notification in the form of the older Skype API. Answered 204, it comes again in Graph's form:
    /// <https://learn.microsoft.com/microsoftteams/platform/bots/calls-and-meetings/call-notifications>
    Legacy,
    /// `commsNotifications`, in their order.
    Batch(Vec<Item>),
}

/// One notification.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The call it is about; `None` where it does not say readably.
    pub call: Option<GraphCallId>,
    /// What it says.
    pub reading: Reading,
}

/// What a notification says.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// Something happened to the call.
    Event(Event),
    /// It is understood, and of no use here: what it is.
    Other(&'static str),
    /// It alone cannot be read: why, with nothing of its content.
    Unreadable(&'static str),
}

/// A post that holds no notifications at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// No JSON, or `value` is no list.
    #[error("the post is not the JSON of notifications; line {line}, column {column}")]
    NotJson {
        /// Where reading stopped, from 1.
        line: usize,
        /// Where reading stopped, from 1.
        column: usize,
    },
    /// JSON of something else.
    #[error("the post has neither a list of notifications nor the form of the older API")]
    Foreign,
    /// More than are taken.
    #[error("the post holds {0} notifications, at most {MOST_ITEMS} are taken")]
    TooMany(usize),
}

/// Reads the body of a post. `key` is the call key of the URL it came to, if any.
///
/// An item that cannot be read spoils no other. Nothing is copied but what an event keeps, so names of people go no further.
///
/// # Errors
/// [`Unreadable`] where the body as a whole is no batch of notifications.
pub fn read(body: &[u8], key: Option<&CallKey>) -> Result<Post, Unreadable> {
    // A byte that is no UTF-8 spoils the name it stands in, not the post.
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Ok(Post::Empty);
    }
    let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|error| not_json(&error))?;
    match envelope.value {
        Some(items) if items.len() > MOST_ITEMS => Err(Unreadable::TooMany(items.len())),
        Some(items) => Ok(Post::Batch(items.into_iter().map(|item| read_item(item, key)).collect())),
        None if envelope.call_state.is_some() || envelope.participants.is_some() => Ok(Post::Legacy),
        None => Err(Unreadable::Foreign),
    }
}

/// `commsNotifications`, or the older API's body, of which only the form is looked at.
/// <https://learn.microsoft.com/graph/api/resources/commsnotifications>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    #[serde(borrow)]
    value: Option<Vec<&'a RawValue>>,
    call_state: Option<IgnoredAny>,
    participants: Option<IgnoredAny>,
}

/// The parser's own words would repeat the content.
fn not_json(error: &serde_json::Error) -> Unreadable {
    Unreadable::NotJson { line: error.line(), column: error.column() }
}

fn read_item(item: &RawValue, key: Option<&CallKey>) -> Item {
    // Deep nesting ends here: the parser gives up at 128 levels, for this item alone.
    let Ok(notification) = serde_json::from_str::<Value>(item.get()) else {
        return Item { call: None, reading: Reading::Unreadable("its JSON is too deep or has an impossible number or text") };
    };
    let data = notification.get("resourceData").unwrap_or(&Value::Null);
    let Some(resource) = resource(&notification, data) else {
        return Item { call: None, reading: Reading::Unreadable("its resourceUrl names no call") };
    };
    let reading = match change(&notification) {
        Some(change) => Notification { change, resource: &resource, data, key }.reading(),
        None => Reading::Unreadable("its changeType is none of created, updated and deleted"),
    };
    Item { call: Some(resource.call), reading }
}

/// Older notifications have `resource` alone.
fn resource(notification: &Value, data: &Value) -> Option<Resource> {
    let urls = [(notification, "resourceUrl"), (notification, "resource"), (data, "@odata.id")];
    urls.into_iter().find_map(|(of, name)| Resource::parse(data::text(of, name)?))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Created,
    Updated,
    Deleted,
}

fn change(notification: &Value) -> Option<Change> {
    match data::text(notification, "changeType")?.to_ascii_lowercase().as_str() {
        "created" => Some(Change::Created),
        "updated" => Some(Change::Updated),
        "deleted" => Some(Change::Deleted),
        _ => None,
    }
}

/// A notification whose subject is known.
struct Notification<'a> {
    change: Change,
    resource: &'a Resource,
    data: &'a Value,
    key: Option<&'a CallKey>,
}

impl Notification<'_> {
    fn reading(&self) -> Reading {
        match self.resource.part {
            Part::Call => self.of_call(),
            Part::Operation(_) if !self.data.is_array() => self.of_operation(),
            Part::Operation(_) | Part::Participants => self.of_participants(),
            Part::ContentSharing => Reading::Other("content sharing"),
            Part::Other => Reading::Other("a part of the call that is not attended to"),
        }
    }

    fn of_call(&self) -> Reading {
        let is_call = data::type_name(self.data).is_none_or(|name| name.eq_ignore_ascii_case("call"));
        match self.change {
            _ if !is_call => Reading::Other("something about the call that is not its state, such as policy recording"),
            Change::Created if self.is_ringing() => {
                Reading::Event(Event::IncomingCall(data::incoming(self.resource.call.clone(), self.data)))
            }
            Change::Created | Change::Updated => self.of_update(),
            Change::Deleted => Reading::Event(Event::CallEnded { result: data::result_info(self.data) }),
        }
    }

    /// A call that is created rings, unless it says that it does something else.
    fn is_ringing(&self) -> bool {
        let is_outgoing = data::text(self.data, "direction").is_some_and(|direction| direction.eq_ignore_ascii_case("outgoing"));
        let is_elsewhere = data::call_state(self.data).is_some_and(|state| state != CallState::Incoming);
        !is_outgoing && !is_elsewhere
    }

    fn of_update(&self) -> Reading {
        let said = data::call_update(self.data);
        let update = Update { call: Some(self.resource.call.clone()), ..said };
        match self.data.get("toneInfo") {
            Some(info) if !info.is_null() => match data::tone(info) {
                Some(tone) => Reading::Event(Event::ToneReceived(tone)),
                None => Reading::Unreadable("its toneInfo has no sequenceId or no tone"),
            },
            _ if update.state.is_none() && update.audio_active.is_none() && update.result.is_none() => {
                Reading::Other("a call update without state, media or result")
            }
            _ => Reading::Event(Event::CallUpdated(update)),
        }
    }

    fn of_operation(&self) -> Reading {
        if self.change != Change::Deleted {
            return Reading::Other("an operation that is not over");
        }
        let event = match data::operation_kind(self.data) {
            OperationKind::Play => Event::PromptFinished(data::finished(self.data, self.resource, self.key)),
            OperationKind::Record => Event::RecordingFinished(data::recorded(self.data, self.resource, self.key)),
            OperationKind::Other => Event::OperationFinished(data::finished(self.data, self.resource, self.key)),
        };
        Reading::Event(event)
    }

    /// Only the whole list is an event. Calls are made without delta rosters, so changes to one are of no use.
    fn of_participants(&self) -> Reading {
        if self.change == Change::Deleted {
            return Reading::Other("participants that left; the list of those who remain follows");
        }
        match self.data.as_array() {
            Some(list) if list.iter().any(data::is_delta) => Reading::Other("changes to the list of participants"),
            Some(list) => {
                let (participants, sequence) = (data::participants(list), data::roster_sequence(list));
                Reading::Event(Event::ParticipantsUpdated { participants, sequence })
            }
            None => Reading::Unreadable("its resourceData is no list of participants"),
        }
    }
}
