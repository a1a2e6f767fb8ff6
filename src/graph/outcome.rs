//! What Graph's response to a request means.

use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use serde_json::Value;

use super::{
    notification::{call_update, participants, roster_sequence},
    transport::Response,
};
use crate::call::{Action, Found, GraphCallId, OperationId, Outcome};

/// The longest error code that is kept, in characters.
const LONGEST_CODE: usize = 64;

/// The shortest and the longest patience, in seconds, whatever `Retry-After` says. A call is not worth waiting longer for.
const PATIENCE_S: (i64, i64) = (1, 120);

/// The platform's subcodes that say that the call is not there any more.
const GONE: [&str; 2] = ["8522", "8528"];

/// What the response to a request for `action` means. Errors have the shape of <https://learn.microsoft.com/graph/errors>.
///
/// A 404 is success for [`Action::HangUp`] and [`Action::Remove`], a finding for [`Action::GetCall`], and a refusal for the others: only the call knows
/// whether it may be the echo of an earlier try that was carried out.
pub fn outcome(action: &Action, response: &Response, now: Timestamp) -> Outcome {
    match (response.status, action) {
        (200..=299, Action::GetCall) => found(response),
        (200..=299, Action::ListParticipants) => listed(response),
        (200..=299, Action::CreateCall { .. }) => created(response),
        (200..=299, _) => done(response),
        (404, Action::GetCall) => Outcome::Found(Found::Gone),
        (404, Action::HangUp | Action::HangUpTwin { .. } | Action::Remove { .. }) => Outcome::Done { operation: None },
        (429, _) => Outcome::Throttled { until: patience(response.retry_after.as_deref(), now) },
        // 408 comes from something in between that gave up on Graph: as little is known as after a 504.
        (408 | 500.., _) => Outcome::Unknown,
        // It may be the participant who is not there any more.
        (404, Action::Mute { .. } | Action::Hold { .. } | Action::Unhold { .. }) => not_there(error_code(&response.body)),
        (status, _) => refused(status, error_code(&response.body)),
    }
}

fn found(response: &Response) -> Outcome {
    match serde_json::from_slice(&response.body) {
        Ok(call) => Outcome::Found(Found::Call(call_update(&call))),
        Err(_) => Outcome::Unknown,
    }
}

/// <https://learn.microsoft.com/graph/api/call-list-participants>
fn listed(response: &Response) -> Outcome {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    match body["value"].as_array() {
        Some(list) => Outcome::Listed { participants: participants(list), sequence: roster_sequence(list) },
        None => Outcome::Unknown,
    }
}

/// A call without an id is one of which nobody knows more than that it may be there.
fn created(response: &Response) -> Outcome {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let id = body["id"].as_str().and_then(|id| GraphCallId::parse(id).ok());
    id.map_or(Outcome::Unknown, |call| Outcome::Created { call })
}

/// An operation that has no status yet, or is not started or running, will be said to have ended; the others are over:
/// <https://learn.microsoft.com/graph/api/resources/commsoperation>
fn done(response: &Response) -> Outcome {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let status = body["status"].as_str().unwrap_or_default().to_ascii_lowercase();
    match status.as_str() {
        // The `resultInfo` of an operation is read as that of a call.
        "failed" => {
            refused(response.status, call_update(&body).result.map_or_else(String::new, |result| result.subcode.to_string()))
        }
        "completed" => Outcome::Done { operation: None },
        _ => Outcome::Done { operation: body["id"].as_str().and_then(|id| OperationId::parse(id).ok()) },
    }
}

fn not_there(code: String) -> Outcome {
    let is_gone = GONE.contains(&code.as_str());
    Outcome::Refused { status: 404, code, is_gone }
}

fn refused(status: u16, code: String) -> Outcome {
    let is_gone = status == 404 || GONE.contains(&code.as_str());
    Outcome::Refused { status, code, is_gone }
}

/// `Retry-After` is a number of seconds or a date: <https://www.rfc-editor.org/rfc/rfc9110#name-retry-after>
fn patience(retry_after: Option<&str>, now: Timestamp) -> Timestamp {
    let asked = retry_after.map_or("", str::trim);
    let seconds = match (asked.parse(), rfc2822::parse(asked)) {
        (Ok(seconds), _) => seconds,
        (_, Ok(date)) => date.timestamp().duration_since(now).as_secs(),
        _ => PATIENCE_S.0,
    };
    let seconds = seconds.clamp(PATIENCE_S.0, PATIENCE_S.1);
    now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

/// The code that says most. Where Graph itself has no word for a refusal by the calling platform, it writes `UnknownError` and
/// hands on the platform's own error as JSON inside the message.
fn error_code(body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let error = &body["error"];
    let platform: Value = error["message"].as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let codes = [&platform["errorCode"], &error["code"], &error["innerError"]["code"], &error["innererror"]["code"]];
    codes.into_iter().map(code_of).find(|code| !code.is_empty()).unwrap_or_default()
}

/// A code without anything that could be more than a code.
fn code_of(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return String::new(),
    };
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    text.chars().filter(is_plain).take(LONGEST_CODE).collect()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::call::CallState;

    fn now() -> Timestamp {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    fn after(seconds: i64) -> Timestamp {
        now() + SignedDuration::from_secs(seconds)
    }

    fn reply(status: u16, body: &str) -> Response {
        Response { status, body: Bytes::copy_from_slice(body.as_bytes()), ..Response::default() }
    }

    fn play() -> Action {
        Action::PlayPrompt { sounds: vec![] }
    }

    fn of(action: &Action, status: u16, body: &str) -> Outcome {
        outcome(action, &reply(status, body), now())
    }

    fn operation(status: &Value) -> Outcome {
        let body = json!({ "id": "7A9C0001-0000-4000-8000-0000000000AB", "status": status, "clientContext": "x:1" });
        of(&play(), 200, &body.to_string())
    }

    fn refusal(status: u16, code: &str, is_gone: bool) -> Outcome {
        Outcome::Refused { status, code: code.to_owned(), is_gone }
    }

    #[test]
    fn an_operation_that_will_be_said_to_have_ended_is_known_by_its_id() {
        let expected = Outcome::Done { operation: OperationId::parse("7a9c0001-0000-4000-8000-0000000000ab").ok() };
        for status in [json!("running"), json!("notStarted"), json!("NotStarted"), Value::Null] {
            assert_eq!(operation(&status), expected, "{status}");
        }
    }

    #[test]
    fn an_operation_that_is_over_already_leaves_nothing_to_wait_for() {
        assert_eq!(operation(&json!("Completed")), Outcome::Done { operation: None });
    }

    #[test]
    fn an_operation_that_failed_at_once_is_a_refusal() {
        let body = json!({ "id": "1", "status": "failed", "resultInfo": { "code": 400, "subcode": 8503 } });
        assert_eq!(of(&play(), 200, &body.to_string()), refusal(200, "8503", false));
    }

    #[test]
    fn success_that_cannot_be_read_is_success() {
        for body in ["", "{", "[]", "null", r#"{"id": 7}"#, r#"{"id": "../.."}"#] {
            assert_eq!(of(&play(), 202, body), Outcome::Done { operation: None }, "{body}");
        }
    }

    #[test]
    fn a_call_that_was_placed_is_known_by_its_id_and_one_without_may_be_there() {
        let action = Action::CreateCall { number: 1, prefetch: vec![] };
        let body = json!({ "id": "7A9C0001-0000-4000-8000-0000000000AB", "state": "establishing" });
        let call = GraphCallId::parse("7a9c0001000040008000-0000000000ab").unwrap();
        assert_eq!(of(&action, 201, &body.to_string()), Outcome::Created { call });
        for body in ["", "{", r#"{"id": "../.."}"#] {
            assert_eq!(of(&action, 201, body), Outcome::Unknown, "{body}");
        }
    }

    #[test]
    fn a_look_finds_the_call_as_it_is() {
        let body = json!({ "@odata.type": "#microsoft.graph.call", "state": "established" });
        let list = json!({ "value": [{ "id": "p-1", "rosterSequenceNumber": 3, "isInLobby": true }] }).to_string();
        let Outcome::Listed { participants, sequence } = of(&Action::ListParticipants, 200, &list) else { panic!("no list") };
        assert_eq!((participants.len(), participants[0].in_lobby, sequence), (1, true, Some(3)));
        assert_eq!(of(&Action::ListParticipants, 200, "{}"), Outcome::Unknown);
        let Outcome::Found(Found::Call(update)) = of(&Action::GetCall, 200, &body.to_string()) else { panic!("no call") };
        assert_eq!(update.state, Some(CallState::Established));
        assert_eq!(of(&Action::GetCall, 200, "<html>"), Outcome::Unknown);
    }

    #[test]
    fn a_call_that_is_gone_is_a_finding_for_a_look_success_for_a_hang_up_and_a_refusal_for_others() {
        assert_eq!(of(&Action::GetCall, 404, ""), Outcome::Found(Found::Gone));
        assert_eq!(of(&Action::HangUp, 404, ""), Outcome::Done { operation: None });
        assert_eq!(of(&play(), 404, ""), refusal(404, "", true));
    }

    #[test]
    fn some_codes_say_that_the_call_is_gone_whatever_the_status() {
        for code in ["8522", "8528"] {
            assert_eq!(of(&play(), 400, &format!(r#"{{"error":{{"code":"{code}"}}}}"#)), refusal(400, code, true));
        }
        assert_eq!(of(&play(), 409, r#"{"error":{"code":"8607"}}"#), refusal(409, "8607", false));
    }

    #[test]
    fn the_code_is_found_wherever_graph_writes_it() {
        let platform = json!({ "errorCode": "7503", "message": "not registered", "instanceAnnotations": [] }).to_string();
        let bodies = [
            (json!({ "error": { "code": "7504", "message": "Insufficient", "innerError": { "date": "x" } } }), "7504"),
            (json!({ "error": { "code": "UnknownError", "message": platform } }), "7503"),
            (json!({ "error": { "code": "UnknownError", "message": "" } }), "UnknownError"),
            (json!({ "error": { "code": 9999 } }), "9999"),
            (json!({ "error": { "message": "no code", "innererror": { "code": "accessDenied" } } }), "accessDenied"),
            (json!("nothing of the kind"), ""),
        ];
        for (body, code) in bodies {
            assert_eq!(of(&play(), 403, &body.to_string()), refusal(403, code, false), "{body}");
        }
    }

    #[test]
    fn nobody_knows_what_became_of_a_request_that_broke_the_server() {
        for status in [408, 500, 502, 503, 504, 599] {
            let response = Response { retry_after: Some("5".to_owned()), ..reply(status, "") };
            assert_eq!(outcome(&play(), &response, now()), Outcome::Unknown, "{status}");
        }
    }

    #[test]
    fn patience_is_what_graph_asks_for_within_reason() {
        let asked = [
            (Some("7"), 7),
            (Some(" 7 "), 7),
            (Some("0"), 1),
            (Some("-3"), 1),
            (Some("100000"), 120),
            (Some("Sun, 01 Mar 2026 12:00:30 GMT"), 30),
            (Some("Sun, 01 Mar 2026 11:00:00 GMT"), 1),
            (Some("soon"), 1),
            (None, 1),
        ];
        for (retry_after, seconds) in asked {
            let response = Response { retry_after: retry_after.map(str::to_owned), ..reply(429, "") };
            assert_eq!(outcome(&play(), &response, now()), Outcome::Throttled { until: after(seconds) }, "{retry_after:?}");
        }
    }

    proptest! {
        #[test]
        fn no_response_is_too_strange(status in 0u16.., body in ".{0,200}", retry_after in proptest::option::of(".{0,40}")) {
            let response = Response { retry_after, ..reply(status, &body) };
            match outcome(&play(), &response, now()) {
                Outcome::Throttled { until } => prop_assert!((after(1)..=after(120)).contains(&until)),
                Outcome::Refused { code, .. } => prop_assert!(code.len() <= LONGEST_CODE),
                _ => {}
            }
        }

        #[test]
        fn a_code_is_never_more_than_a_code(text in ".{0,200}") {
            let body = json!({ "error": { "code": text } }).to_string();
            let Outcome::Refused { code, .. } = of(&play(), 400, &body) else { panic!("not refused") };
            prop_assert!(code.len() <= LONGEST_CODE);
            prop_assert!(code.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)));
        }
    }
}
