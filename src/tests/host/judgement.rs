//! How a host takes the handler's answer to an envelope.

use serde::Deserialize;
use serde_json::{Map, Value};

/// What came of an invocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// It is done.
    Succeeded,
    /// It has failed.
    Failed(String),
    /// A real host would wait for the function's timeout and then kill the handler: no handler may ever answer so.
    Hangs,
}

/// The answer that a host reads. Other properties are passed over.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(default)]
    #[expect(dead_code, reason = "only its type counts: these functions have no output bindings")]
    outputs: Option<Map<String, Value>>,
    #[serde(default)]
    #[expect(dead_code, reason = "only its type counts")]
    logs: Option<Vec<String>>,
}

/// Judges an answer.
pub(crate) fn judge(status: u16, content_type: Option<&str>, body: &[u8]) -> Judgement {
    let media_type = content_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    match status {
        200..300 => {}
        other => return Judgement::Failed(format!("status {other}")),
    }
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Judgement::Failed(format!("content type {media_type:?}"));
    }
    match serde_json::from_slice::<Option<Answer>>(body) {
        Ok(Some(_)) => Judgement::Succeeded,
        Ok(None) => Judgement::Hangs,
        Err(_) if body.trim_ascii().is_empty() => Judgement::Hangs,
        Err(error) => Judgement::Failed(format!("an answer that is no answer: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: Option<&str> = Some("application/json; charset=utf-8");

    #[test]
    fn an_answer_in_json_is_a_success() {
        for body in [r#"{"Outputs":{},"Logs":null,"ReturnValue":null}"#, r#"{"Outputs":null,"Logs":["a line"]}"#, "{}"] {
            assert_eq!(judge(200, JSON, body.as_bytes()), Judgement::Succeeded, "{body}");
        }
        assert_eq!(judge(299, Some("application/json"), b"{}"), Judgement::Succeeded);
    }

    #[test]
    fn another_status_or_content_type_or_shape_is_a_failure() {
        let is_failure = |judgement| matches!(judgement, Judgement::Failed(_));
        for (status, content_type, body) in [
            (500, JSON, "{}"),
            (302, JSON, "{}"),
            (199, JSON, "{}"),
            (200, None, "{}"),
            (200, Some("text/plain"), "{}"),
            (202, None, ""),
            (200, JSON, "nonsense"),
            (200, JSON, r#"{"Outputs":[]}"#),
            (200, JSON, r#"{"Logs":"a line"}"#),
        ] {
            assert!(is_failure(judge(status, content_type, body.as_bytes())), "{status} {content_type:?} {body}");
        }
    }

    #[test]
    fn an_answer_that_is_empty_or_null_never_ends() {
        for body in ["", " ", "null"] {
            assert_eq!(judge(200, JSON, body.as_bytes()), Judgement::Hangs, "{body:?}");
        }
    }
}
