//! What is said of hooks.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use super::text::{hidden, read_text, shown, text};
use crate::flow::names::is_name;

/// Where a hook is. No message repeats it: its query may hold a key.
#[derive(Debug)]
pub(in crate::flow) struct HookUrl(pub(in crate::flow) String);

/// The type of a CloudEvent.
#[derive(Debug)]
pub(in crate::flow) struct EventType(pub(in crate::flow) String);

/// The name that an answer, or somebody who tells the call something, has for a way.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::flow) struct AnswerName(pub(in crate::flow) String);

/// The longest address, in bytes.
const LONGEST_URL: usize = 2_000;

text!(
    HookUrl,
    url,
    "^(https://|http://(localhost|127\\.0\\.0\\.1|\\[::1\\])[:/?]?)[^\\s{}@#]*$",
    "an address that begins with https://, or with http:// on this machine, such as \"https://crm.example.com/calls\"",
    hidden
);
text!(
    EventType,
    event_type,
    "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$",
    "a type of event, such as \"com.example.message_left\"",
    shown
);
text!(AnswerName, answer_name, "^[a-z][a-z0-9_]{0,63}$", "a name of lower-case letters, digits and underscores", shown);

/// No variable may choose where a call's facts go, so that braces are refused; nor may a password or a fragment stand in it.
fn url(text: &str) -> Option<HookUrl> {
    let (scheme, rest) = text.split_once("://")?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let (host, port) = split_port(authority);
    let is_plain = text.len() <= LONGEST_URL && text.bytes().all(|b| b.is_ascii_graphic() && !b"{}@#\\\"<>^`|".contains(&b));
    let is_host = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b));
    let is_here = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
    let is_secure = scheme == "https" || (scheme == "http" && is_here);
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok());
    (is_plain && is_host && is_secure && is_port).then(|| HookUrl(text.to_owned()))
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

fn event_type(text: &str) -> Option<EventType> {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    let shaped = text.len() <= 128 && text.starts_with(|c: char| c.is_ascii_alphanumeric());
    (shaped && text.bytes().all(is_plain)).then(|| EventType(text.to_owned()))
}

fn answer_name(text: &str) -> Option<AnswerName> {
    is_name(text).then(|| AnswerName(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hook_is_https_or_on_this_machine() {
        for text in [
            "https://crm.example.com/calls",
            "https://crm.example.com:8443/calls?code=abc%3D",
            "http://127.0.0.1:9000",
            "http://localhost/a",
            "http://[::1]:9000/a",
        ] {
            assert!(url(text).is_some(), "{text}");
        }
        for text in [
            "http://crm.example.com/calls",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "https://{host}/calls",
            "https://crm.example.com/{caller}",
            "https://ada:word@crm.example.com",
            "https://crm.example.com:port",
            "https:///calls",
            "https://crm.example.com/a b",
            "https://crm.example.com#a",
            "ftp://crm.example.com",
            "crm.example.com",
            "",
        ] {
            assert!(url(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_type_of_event_is_a_dotted_name() {
        assert!(event_type("com.example.message-left_2").is_some());
        for text in ["", ".a", "a b", "ü", &"a".repeat(129)] {
            assert!(event_type(text).is_none(), "{text}");
        }
    }
}
