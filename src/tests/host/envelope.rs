//! What a host posts to the handler for a message or a tick: `{"Data": ..., "Metadata": ...}`.
//!
//! Dates and objects go in as they are; everything else as its JSON text in a JSON string, so a text is encoded twice.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::queues::storage::Letter;

/// The envelope of a message, already decoded to `text`.
pub(crate) fn of_message(function: &str, binding: &str, text: &str, letter: &Letter, now: Timestamp) -> Value {
    let mut metadata = Map::new();
    metadata.insert("DequeueCount".to_owned(), json!(letter.dequeued.to_string()));
    metadata.insert("ExpirationTime".to_owned(), json!(with_offset(letter.expires.unwrap_or(Timestamp::MAX))));
    metadata.insert("Id".to_owned(), twice(&letter.id));
    metadata.insert("InsertionTime".to_owned(), json!(with_offset(letter.inserted)));
    metadata.insert("NextVisibleTime".to_owned(), json!(with_offset(letter.visible)));
    metadata.insert("PopReceipt".to_owned(), twice(&letter.receipt));
    metadata.insert("sys".to_owned(), sys(function, now));
    metadata.extend(properties(text));
    json!({ "Data": { binding: twice(text) }, "Metadata": metadata })
}

/// The envelope of a tick of a timer that keeps no books.
pub(crate) fn of_tick(function: &str, binding: &str, is_past_due: bool, now: Timestamp) -> Value {
    let timer = json!({ "Schedule": { "AdjustForDST": true }, "ScheduleStatus": null, "IsPastDue": is_past_due });
    json!({ "Data": { binding: timer }, "Metadata": { "sys": sys(function, now) } })
}

/// A random id, as hosts write them.
pub(crate) fn guid() -> String {
    let hex = format!("{:032x}", switchboard::app::random_bits());
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// The trap: each property of a message that is a JSON object goes into the metadata, over what has the same name there; arrays do not.
fn properties(text: &str) -> Vec<(String, Value)> {
    let Ok(Value::Object(properties)) = serde_json::from_str(text) else { return Vec::new() };
    let is_array = |value: &Value| value.is_array();
    properties.into_iter().filter(|(_, value)| !is_array(value)).map(|(name, value)| (name, encoded(value))).collect()
}

fn encoded(value: Value) -> Value {
    match value {
        Value::Object(_) => value,
        other => json!(other.to_string()),
    }
}

fn twice(text: &str) -> Value {
    json!(json!(text).to_string())
}

fn sys(function: &str, now: Timestamp) -> Value {
    let utc_now = now.strftime("%Y-%m-%dT%H:%M:%S%.7fZ").to_string();
    json!({ "MethodName": function, "UtcNow": utc_now, "RandGuid": guid() })
}

fn with_offset(instant: Timestamp) -> String {
    instant.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn letter() -> Letter {
        Letter {
            id: "0b51cf0e-77d4-4c0b-9c50-1f3f6e2a9d11".to_owned(),
            receipt: "AgAAAAMAAAAAAAAAn0nz2Qtk3AE=".to_owned(),
            dequeued: 2,
            inserted: at("2026-05-04T03:02:01Z"),
            expires: Some(at("2026-05-11T03:02:01Z")),
            visible: at("2026-05-04T03:12:02Z"),
            body: String::new(),
        }
    }

    /// The shape of a capture of February 2025, with other values.
    #[test]
    fn a_message_has_the_shape_that_hosts_send() {
        let mut envelope = of_message("wake", "event", r#"["hello!"]"#, &letter(), at("2026-05-04T03:02:02.7562691Z"));
        assert!(envelope["Metadata"]["sys"]["RandGuid"].take().as_str().is_some_and(|guid| guid.len() == 36));
        let expected = r#"{
            "Data": { "event": "\"[\\\"hello!\\\"]\"" },
            "Metadata": {
                "DequeueCount": "2",
                "ExpirationTime": "2026-05-11T03:02:01+00:00",
                "Id": "\"0b51cf0e-77d4-4c0b-9c50-1f3f6e2a9d11\"",
                "InsertionTime": "2026-05-04T03:02:01+00:00",
                "NextVisibleTime": "2026-05-04T03:12:02+00:00",
                "PopReceipt": "\"AgAAAAMAAAAAAAAAn0nz2Qtk3AE=\"",
                "sys": { "MethodName": "wake", "UtcNow": "2026-05-04T03:02:02.7562691Z", "RandGuid": null }
            }
        }"#;
        assert_eq!(envelope, serde_json::from_str::<Value>(expected).unwrap());
    }

    #[test]
    fn properties_of_an_object_displace_metadata_and_those_of_an_array_do_not() {
        let text = r#"{"DequeueCount":9,"Id":"forged","list":[1],"inner":{"a":1}}"#;
        let envelope = of_message("f", "event", text, &letter(), at("2026-05-04T03:02:02Z"));
        let metadata = &envelope["Metadata"];
        assert_eq!((&metadata["DequeueCount"], &metadata["Id"]), (&json!("9"), &json!("\"forged\"")));
        assert_eq!((&metadata["list"], &metadata["inner"]), (&Value::Null, &json!({ "a": 1 })));
        let kept = of_message("f", "event", &format!("[{text}]"), &letter(), at("2026-05-04T03:02:02Z"));
        assert_eq!(kept["Metadata"]["DequeueCount"], "2");
    }

    #[test]
    fn a_tick_is_an_object_that_is_encoded_once() {
        let mut envelope = of_tick("housekeeping", "timer", false, at("2026-05-04T03:02:00Z"));
        envelope["Metadata"]["sys"]["RandGuid"].take();
        let timer = json!({ "Schedule": { "AdjustForDST": true }, "ScheduleStatus": null, "IsPastDue": false });
        let sys = json!({ "MethodName": "housekeeping", "UtcNow": "2026-05-04T03:02:00.0000000Z", "RandGuid": null });
        assert_eq!(envelope, json!({ "Data": { "timer": timer }, "Metadata": { "sys": sys } }));
    }
}
