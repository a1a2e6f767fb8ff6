//! What a Functions host says when it invokes a function that no HTTP request triggers, and what it wants to hear.
//!
//! A queue's message comes as `{"Data":{"event":"…"},"Metadata":{…}}`, named after the binding in `function.json`. Its text is JSON
//! within JSON within JSON: the host's documentation shows one layer of quotes, its code writes two. However many there are, they
//! are taken off. The message is a JSON array of one or more, since the host would copy the properties of an object over those it says
//! itself. `Metadata` is not looked at, since whoever writes a message can write into it.
//! <https://learn.microsoft.com/azure/azure-functions/functions-custom-handlers#request-payload>

use serde::Deserialize;
use serde_json::Value;

use crate::call::Message;

/// The longest body of an invocation that is read, in bytes: a message is at most 64 KiB, and quoting twice can make seven of one.
pub const LONGEST_INVOCATION: usize = 512 * 1024;

/// The answer to an invocation that succeeded. An empty one would leave the host waiting until its timeout.
pub const DONE: &str = r#"{"Outputs":{},"Logs":null,"ReturnValue":null}"#;

/// How many layers of quotes are taken off a message.
const MOST_LAYERS: usize = 3;

/// An invocation in which no message can be found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Foreign {
    /// No JSON at all, or other JSON.
    #[error("the invocation is not what a Functions host sends; column {0}")]
    Envelope(usize),
    /// The host's JSON without a message in it.
    #[error("the invocation brings no message: function.json must name its binding `event`")]
    NoMessage,
}

/// A message that cannot be read, and never will be by this version of the program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is no list of events.
    #[error("the message is no list of events, or of another version of the program; column {0}")]
    NoEvents(usize),
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

/// The text of the message that an invocation by a queue brings, as it was on its queue before base64.
///
/// # Errors
/// [`Foreign`], with nothing of the content.
pub fn text(body: &[u8]) -> Result<String, Foreign> {
    // The parser's own words would repeat the content.
    let envelope: Envelope = serde_json::from_slice(body).map_err(|error| Foreign::Envelope(error.column()))?;
    match envelope.data.event.ok_or(Foreign::NoMessage)? {
        Value::String(quoted) => Ok(unquote(quoted)),
        bare => Ok(bare.to_string()),
    }
}

/// Reads the events of a message, at least one.
///
/// # Errors
/// [`Unreadable`], with nothing of the content.
pub fn messages(text: &str) -> Result<Vec<Message>, Unreadable> {
    let messages: Vec<Message> = serde_json::from_str(text).map_err(|error| Unreadable::NoEvents(error.column()))?;
    if messages.is_empty() { Err(Unreadable::Empty) } else { Ok(messages) }
}

/// The first layer of quotes is off already: the envelope's own.
fn unquote(mut text: String) -> String {
    for _ in 1..MOST_LAYERS {
        let Ok(inner) = serde_json::from_str(&text) else { break };
        text = inner;
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::call::{Address, Arrival, CallKey, CallbackSecret, Event};

    fn message() -> Message {
        let address = Address::Callback {
            key: CallKey::parse("c0de").unwrap(),
            secret: CallbackSecret::new(u128::MAX),
            graph_id: None,
            number: None,
        };
        Message { address, arrival: Arrival { event: Event::Wake, at: "2031-05-04T10:00:00.25Z".parse().unwrap() } }
    }

    /// An invocation whose message is quoted so many times.
    fn invocation(layers: usize) -> Vec<u8> {
        let quote = |value: Value, _| Value::String(value.to_string());
        let event = (0..layers).fold(json!([message()]), quote);
        json!({ "Data": { "event": event }, "Metadata": { "DequeueCount": "1" } }).to_string().into_bytes()
    }

    fn read(event: Value) -> Result<Vec<Message>, Unreadable> {
        messages(&text(json!({ "Data": { "event": event } }).to_string().as_bytes()).unwrap())
    }

    #[test]
    fn a_message_is_read_however_often_it_was_quoted() {
        for layers in 0..=3 {
            let text = text(&invocation(layers)).unwrap();
            assert_eq!(messages(&text), Ok(vec![message()]), "{layers}");
        }
    }

    #[test]
    fn the_text_of_a_message_is_as_it_was_on_its_queue() {
        for was in ["hello!", "{\"a\": 1}", " [ 1.0 ] ", ""] {
            let twice = json!(was).to_string();
            let body = json!({ "Data": { "event": twice }, "Metadata": {} }).to_string();
            assert_eq!(text(body.as_bytes()).as_deref(), Ok(was));
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
        assert!(matches!(text(b""), Err(Foreign::Envelope(_))));
        assert!(matches!(text(br#"{"Metadata":{}}"#), Err(Foreign::Envelope(_))));
        assert_eq!(text(br#"{"Data":{"queue":"[]"}}"#), Err(Foreign::NoMessage));
        assert_eq!(text(br#"{"Data":{"event":null}}"#), Err(Foreign::NoMessage));
        assert_eq!(read(json!("[]")), Err(Unreadable::Empty));
        assert!(matches!(read(json!("hello")), Err(Unreadable::NoEvents(_))));
        assert!(matches!(read(json!("\"[{\\\"address\\\":1}]\"")), Err(Unreadable::NoEvents(_))));
    }

    proptest! {
        #[test]
        fn no_invocation_makes_it_stumble(cut in 0usize..400, noise in prop::collection::vec(any::<u8>(), 0..40), layers in 0usize..4) {
            let mut body = invocation(layers);
            let at = cut.min(body.len());
            body.splice(at.., noise);
            let _ = text(&body).map(|text| messages(&text));
        }
    }
}
