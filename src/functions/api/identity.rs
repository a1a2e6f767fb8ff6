//! Which one it is that is asked for: the same order, asked again, is the same call, or the same order of calls.

use schemars::JsonSchema;
use serde::Serialize;
use warp::{
    http::{HeaderMap, StatusCode},
    reply::{Reply, Response, json, with_header, with_status},
};

use super::problem::Problem;
use crate::{access::Asker, flow::hash::sha256_hex};

/// The header that names an order: <https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>
pub const HEADER: &str = "idempotency-key";

/// The longest name of an order, in bytes.
pub const LONGEST: usize = 255;

/// The name of an order: 1 to 255 characters that print.
///
/// # Errors
/// The problem, where there is none or another text.
pub fn idempotency_key(headers: &HeaderMap) -> Result<&str, Problem> {
    let named = headers.get(HEADER).map(|value| value.to_str().unwrap_or_default().trim());
    let problem = || Problem::new(StatusCode::BAD_REQUEST, "no_idempotency_key", "The order has no name.");
    match named {
        Some(name) if (1..=LONGEST).contains(&name.len()) && name.bytes().all(|b| (0x20..0x7f).contains(&b)) => Ok(name),
        Some(_) => Err(problem().detail("the header Idempotency-Key is not 1 to 255 characters of ASCII that print")),
        None => Err(problem().detail(
            "send a header Idempotency-Key of your own choice: the same again is the same call, however often it is sent",
        )),
    }
}

/// What something of a kind is called that somebody names so: 32 hexadecimal digits. Who else says the same name means something else.
pub fn name_of(kind: &str, asker: &Asker, name: &str) -> String {
    let text = format!("{kind} {} {} {name}", asker.principal.len(), asker.principal);
    sha256_hex(text.as_bytes())[..32].to_owned()
}

/// What is asked for, hashed: whatever the order of its members and the blanks between them.
pub fn request_hash(wanted: &impl Serialize) -> String {
    let text = serde_json::to_vec(wanted).expect("texts and numbers can be written");
    sha256_hex(&text)
}

/// What is answered to an order: which one it is.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Accepted<'a> {
    /// Its id.
    pub id: &'a str,
}

/// The answer to an order that is taken, below the path where such are shown.
pub fn accepted(path: &str, id: &str) -> Response {
    let reply = with_status(json(&Accepted { id }), StatusCode::ACCEPTED);
    with_header(reply, "location", format!("{path}/{id}")).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::calls::wanted::Wanted;

    fn asker(principal: &str) -> Asker {
        Asker { principal: principal.to_owned(), may_place: true }
    }

    #[test]
    fn the_same_order_of_the_same_asker_is_the_same_call_and_no_other_is() {
        let key = name_of("call", &asker("key 1"), "order 1");
        assert_eq!(key, name_of("call", &asker("key 1"), "order 1"));
        assert_eq!(key.len(), 32);
        for (principal, name) in [("key 1", "order 2"), ("key 2", "order 1"), ("key", "1 order 1"), ("key 1 order", "1")] {
            assert_ne!(key, name_of("call", &asker(principal), name), "{principal} and {name}");
        }
        assert_ne!(key, name_of("order", &asker("key 1"), "order 1"));
    }

    #[test]
    fn what_is_asked_for_is_told_apart_and_how_it_is_written_is_not() {
        let hash = |text: &str| request_hash(&serde_json::from_str::<Wanted>(text).unwrap());
        let one = hash(r#"{"flow":"alarm","targets":[{"user":"a"}],"variables":{"a":"1","b":"2"}}"#);
        assert_eq!(
            one,
            hash(r#"{ "variables": {"b": "2", "a": "1"}, "targets": [{"user": "a"}], "flow": "alarm", "ring": null }"#)
        );
        assert_ne!(one, hash(r#"{"flow":"alarm","targets":[{"user":"b"}],"variables":{"a":"1","b":"2"}}"#));
        assert_ne!(one, hash(r#"{"flow":"alarm","targets":[{"user":"a"}],"variables":{"a":"1","b":"2"},"ring":60}"#));
    }
}
