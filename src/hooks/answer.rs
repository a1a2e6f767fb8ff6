//! What a hook answers.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::call::Answer;

/// The longest answer that is read, in bytes.
pub const LONGEST: usize = 64 * 1024;

/// The answer as it is written: `{ "next": "…", "variables": { "…": "…" } }`, either left out, and whatever else beside them.
#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    variables: BTreeMap<String, Option<Plain>>,
    next: Option<String>,
}

/// A value of a variable. No lists, no tables.
#[derive(Deserialize)]
#[serde(untagged)]
enum Plain {
    Text(String),
    Number(serde_json::Number),
    Truth(bool),
}

/// Reads an answer; `None` where it is none. An empty body is an answer that says nothing. A variable that is `null` is left as it
/// was. Depth is bounded by what a value may be, and by the reader.
pub fn read(body: &[u8]) -> Option<Answer> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Some(Answer::default());
    }
    let Written { variables, next } = serde_json::from_slice(body).ok()?;
    let variables = variables.into_iter().filter_map(|(name, value)| Some((name, value?.into_text()))).collect();
    Some(Answer { variables, next })
}

impl Plain {
    fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.to_string(),
            Self::Truth(truth) => truth.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_answer_sets_variables_and_chooses_the_way() {
        let body =
            br#"{ "next": "vip", "variables": { "name": "Ada", "orders": 3, "open": true, "due": null }, "took_ms": [4] }"#;
        let answer = read(body).unwrap();
        assert_eq!(answer.next.as_deref(), Some("vip"));
        let variables = [("name", "Ada"), ("open", "true"), ("orders", "3")].map(|(n, v)| (n.to_owned(), v.to_owned()));
        assert_eq!(answer.variables, variables.into());
    }

    #[test]
    fn an_answer_may_say_nothing() {
        for body in ["", " \n", "{}", r#"{"variables":{}}"#] {
            assert_eq!(read(body.as_bytes()), Some(Answer::default()), "{body}");
        }
    }

    #[test]
    fn rubbish_is_no_answer() {
        let deep = "[".repeat(100_000);
        let long = format!(r#"{{"variables":{{"a":{deep}"#);
        for body in
            ["<html>", "[]", "3", r#"{"next":3}"#, r#"{"variables":{"a":{}}}"#, r#"{"variables":[]}"#, "{\"next\":", &deep, &long]
        {
            assert_eq!(read(body.as_bytes()), None, "{}", &body[..body.len().min(40)]);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(body in prop::collection::vec(any::<u8>(), 0..200)) {
            read(&body);
        }
    }
}
