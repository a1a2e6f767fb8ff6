//! What a Functions host says when it invokes a function that no HTTP request triggers, and what it wants to hear.
//!
//! A queue's message comes as `{"Data":{"event":"…"},"Metadata":{…}}`, named after the binding in `function.json`. Its text is JSON
//! within JSON within JSON: the host's documentation shows one layer of quotes, its code writes two. However many there are, they
//! are taken off. `Metadata` is not looked at, since whoever writes a message can write into it.
//! <https://learn.microsoft.com/azure/azure-functions/functions-custom-handlers#request-payload>

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    call::{CallKey, Event},
    queues::Queues,
    turn::{Address, Arrival},
    wakes::{WakeError, Wakes},
};

/// The longest body of an invocation that is read, in bytes: a message is at most 64 KiB, and quoting twice can make seven of one.
pub const LONGEST_INVOCATION: usize = 512 * 1024;

/// The answer to an invocation that succeeded. An empty one would leave the host waiting until its timeout.
pub const DONE: &str = r#"{"Outputs":{},"Logs":null,"ReturnValue":null}"#;

/// How many layers of quotes are taken off a message.
const MOST_LAYERS: usize = 3;

/// An event on its way through a queue. A queue's message is a JSON array of one or more, since the host would copy the properties
/// of an object over those it says itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Which call it is for.
    pub address: Address,
    /// The event, and when it was received first.
    #[serde(flatten)]
    pub arrival: Arrival,
}

/// An invocation without a message that can be read. It never will be: the host gives it up after its last try.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// No JSON at all, or other JSON.
    #[error("the invocation is not what a Functions host sends; column {0}")]
    Envelope(usize),
    /// The host's JSON without a message in it.
    #[error("the invocation brings no message: function.json must name its binding `event`")]
    NoMessage,
    /// A message that is no list of events.
    #[error("the message is no list of events, or of another version of the program; column {0}")]
    Message(usize),
    /// A list of nothing.
    #[error("the message lists no event")]
    Empty,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    event: Option<Value>,
}

/// Reads the messages of one invocation by a queue.
///
/// # Errors
/// [`Unreadable`], with nothing of the content.
pub fn messages(body: &[u8]) -> Result<Vec<Message>, Unreadable> {
    // The parser's own words would repeat the content.
    let envelope: Envelope = serde_json::from_slice(body).map_err(|error| Unreadable::Envelope(error.column()))?;
    let bare = unquote(envelope.data.event.ok_or(Unreadable::NoMessage)?)?;
    let messages: Vec<Message> = serde_json::from_value(bare).map_err(|error| Unreadable::Message(error.column()))?;
    if messages.is_empty() { Err(Unreadable::Empty) } else { Ok(messages) }
}

fn unquote(mut value: Value) -> Result<Value, Unreadable> {
    for _ in 0..MOST_LAYERS {
        let Value::String(text) = &value else { break };
        value = serde_json::from_str(text).map_err(|error| Unreadable::Message(error.column()))?;
    }
    Ok(value)
}

/// A call wakes by a message that is not to be seen before its time.
#[async_trait]
impl Wakes for Queues {
    async fn wake_at(&self, call: &CallKey, at: Timestamp) -> Result<(), WakeError> {
        let message = Message { address: Address::Ours(call.clone()), arrival: Arrival { event: Event::Wake, at } };
        self.put_at("wake", &message, at).await.map_err(|error| WakeError(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::call::{CallKey, Event};

    fn message() -> Message {
        let address = Address::Callback { key: CallKey::parse("c0de").unwrap(), secret: "f".repeat(32), graph_id: None };
        Message { address, arrival: Arrival { event: Event::Wake, at: "2031-05-04T10:00:00.25Z".parse().unwrap() } }
    }

    /// An invocation whose message is quoted so many times.
    fn invocation(layers: usize) -> Vec<u8> {
        let quote = |value: Value, _| Value::String(value.to_string());
        let event = (0..layers).fold(json!([message()]), quote);
        json!({ "Data": { "event": event }, "Metadata": { "DequeueCount": "1" } }).to_string().into_bytes()
    }

    #[test]
    fn a_message_is_read_however_often_it_was_quoted() {
        for layers in 0..=3 {
            assert_eq!(messages(&invocation(layers)), Ok(vec![message()]), "{layers}");
        }
    }

    #[test]
    fn a_message_is_written_as_one_flat_object() {
        let expected = json!({
            "address": { "callback": { "key": "c0de", "secret": "f".repeat(32), "graph_id": null } },
            "event": { "event": "wake" },
            "at": "2031-05-04T10:00:00.25Z",
        });
        assert_eq!(serde_json::to_value(message()).unwrap(), expected);
    }

    #[test]
    fn what_brings_no_event_says_why() {
        let read = |event: Value| messages(json!({ "Data": { "event": event } }).to_string().as_bytes());
        assert!(matches!(messages(b""), Err(Unreadable::Envelope(_))));
        assert!(matches!(messages(br#"{"Metadata":{}}"#), Err(Unreadable::Envelope(_))));
        assert_eq!(messages(br#"{"Data":{"queue":"[]"}}"#), Err(Unreadable::NoMessage));
        assert_eq!(read(Value::Null), Err(Unreadable::NoMessage));
        assert_eq!(read(json!("[]")), Err(Unreadable::Empty));
        assert!(matches!(read(json!("hello")), Err(Unreadable::Message(_))));
        assert!(matches!(read(json!("\"[{\\\"address\\\":1}]\"")), Err(Unreadable::Message(_))));
    }

    proptest! {
        #[test]
        fn no_invocation_makes_it_stumble(cut in 0usize..400, noise in prop::collection::vec(any::<u8>(), 0..40), layers in 0usize..4) {
            let mut body = invocation(layers);
            let at = cut.min(body.len());
            body.splice(at.., noise);
            let _ = messages(&body);
        }
    }
}
