//! What a second terminal can do with the people of the simulation.
//!
//! | request | what | answer |
//! |---|---|---|
//! | `POST /simulator/calls` | someone rings; the body is a script in TOML, without one they just listen | 201 `{"call"}` |
//! | `GET /simulator/calls` | all calls; `to` are those whom the bot has called | 200 `[{"call", "ended", "to"}]` |
//! | `GET /simulator/calls/{id}` | what was seen of it | 200 `{"call", "ledger", "observations"}` |
//! | `POST /simulator/calls/{id}/answer` | who is rung by the bot takes the call | 204 |
//! | `POST /simulator/calls/{id}/decline` | who is rung by the bot declines | 204 |
//! | `POST /simulator/calls/{id}/keys` | presses keys; the body is those | 204 |
//! | `DELETE /simulator/calls/{id}` | the person in the call hangs up | 204 |
//! | `POST /simulator/keys/rotate` | signs with a fresh key; with `?keep_old=false` the old one is no longer published | 204 |

use bytes::Bytes;
use serde_json::{Value, json};
use warp::{http::StatusCode, reply::Response};

use super::{super::script, platform::Platform, respond};

pub(super) fn ring(platform: &Platform, body: &Bytes) -> Response {
    let Ok(text) = std::str::from_utf8(body) else {
        return respond::text(StatusCode::BAD_REQUEST, "a script must be UTF-8");
    };
    match script::parse(text) {
        Ok(script) => {
            let call = platform.touch(|world, now| world.ring(script, now));
            respond::json(StatusCode::CREATED, &json!({ "call": call }))
        }
        Err(fault) => respond::text(StatusCode::BAD_REQUEST, &fault),
    }
}

pub(super) fn list(platform: &Platform) -> Response {
    let (calls, placed) = platform.touch(|world, _| (world.calls(), world.placed()));
    let entry = |call: &String| {
        let ledger = platform.ledger(call);
        let has_ended = ledger.is_some_and(|ledger| ledger.ended.is_some());
        let mut entry = json!({ "call": call, "ended": has_ended });
        if let Some(placed) = placed.iter().find(|placed| placed.call == *call) {
            entry["to"] = json!(placed.to);
        }
        entry
    };
    let calls: Vec<Value> = calls.iter().map(entry).collect();
    respond::json(StatusCode::OK, &calls)
}

pub(super) fn show(platform: &Platform, call: &str) -> Response {
    let Some(ledger) = platform.ledger(call) else {
        return no_such_call(call);
    };
    let observations = platform.journal(|journal| json!(journal.seen(call).collect::<Vec<_>>()));
    let body = json!({ "call": call, "ledger": ledger, "observations": observations });
    respond::json(StatusCode::OK, &body)
}

pub(super) fn press(platform: &Platform, call: &str, body: &Bytes) -> Response {
    let keys = String::from_utf8_lossy(body);
    let keys = keys.trim();
    if keys.is_empty() || !keys.bytes().all(|key| b"0123456789*#".contains(&key)) {
        return respond::text(StatusCode::BAD_REQUEST, "the keys are 0 to 9, * and #");
    }
    done(call, platform.touch(|world, now| world.press(call, keys, now)))
}

pub(super) fn hang_up(platform: &Platform, call: &str) -> Response {
    done(call, platform.touch(|world, now| world.hang_up(call, now)))
}

pub(super) fn answer(platform: &Platform, call: &str) -> Response {
    done(call, platform.touch(|world, now| world.answer(call, now)))
}

pub(super) fn decline(platform: &Platform, call: &str) -> Response {
    done(call, platform.touch(|world, now| world.decline(call, now)))
}

pub(super) fn rotate(platform: &Platform, keep_old: bool) -> Response {
    match platform.parts.senders.keys.rotate(keep_old) {
        Ok(()) => respond::empty(StatusCode::NO_CONTENT),
        Err(fault) => respond::text(StatusCode::INTERNAL_SERVER_ERROR, &fault.to_string()),
    }
}

fn done(call: &str, is_going: bool) -> Response {
    if is_going { respond::empty(StatusCode::NO_CONTENT) } else { no_such_call(call) }
}

fn no_such_call(call: &str) -> Response {
    respond::text(StatusCode::NOT_FOUND, &format!("no call {call} is going on in which somebody could do that"))
}
