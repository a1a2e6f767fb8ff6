//! What Graph refuses.

use serde_json::{Value, json};

use super::room::{Room, answer, play, prompt};
use crate::simulator::{observation::Seen, wire::Reply};

fn code(reply: &Reply) -> (u16, String) {
    let body = reply.body.as_ref().expect("an error has a body");
    assert!(body["error"]["message"].is_string());
    assert!(body["error"]["innerError"]["request-id"].is_string());
    (reply.status, body["error"]["code"].as_str().unwrap().to_owned())
}

fn without(mut body: Value, member: &str) -> Value {
    body.as_object_mut().unwrap().remove(member);
    body
}

fn with(mut body: Value, member: &str, value: Value) -> Value {
    body[member] = value;
    body
}

fn invalid() -> (u16, String) {
    (400, "8523".to_owned())
}

#[test]
fn an_answer_must_be_complete_and_well_formed() {
    let mut room = Room::new();
    let call = room.ring("");
    let app_hosted = json!({ "@odata.type": "#microsoft.graph.appHostedMediaConfig", "blob": "x" });
    for body in [
        without(answer(), "callbackUri"),
        without(answer(), "mediaConfig"),
        without(answer(), "acceptedModalities"),
        with(answer(), "callbackUri", json!("http://bot.example/x")),
        with(answer(), "callbackUri", json!("nowhere")),
        with(answer(), "mediaConfig", app_hosted),
        with(answer(), "mediaConfig", json!({})),
        with(answer(), "acceptedModalities", json!(["video"])),
        with(answer(), "acceptedModalities", json!(["smell"])),
        with(answer(), "acceptedModality", json!(["audio"])),
        json!([]),
    ] {
        assert_eq!(code(&room.ask(&call, "answer", body.clone())), invalid(), "{body}");
    }
    assert_eq!(room.world.ledger(&call).unwrap().answers, 0);
    assert_eq!(room.saw(|seen| matches!(seen, Seen::Refused { action, .. } if action == "answer")), 11);
}

#[test]
fn a_call_is_answered_declined_or_redirected_once() {
    let mut room = Room::new();
    let call = room.ring("");
    assert_eq!(room.ask(&call, "answer", answer()).status, 202);
    let wrong_state = (400, "8585".to_owned());
    assert_eq!(code(&room.ask(&call, "answer", answer())), wrong_state);
    assert_eq!(code(&room.ask(&call, "reject", json!({ "reason": "busy" }))), wrong_state);
    let target = json!({ "identity": { "user": { "id": "x" } } });
    assert_eq!(code(&room.ask(&call, "redirect", json!({ "targets": [target] }))), wrong_state);
    assert_eq!(room.world.ledger(&call).unwrap().answers, 1);
}

#[test]
fn a_call_that_is_unknown_or_over_is_not_found() {
    let mut room = Room::new();
    let stranger = "11111111-2222-3333-4444-555555555555";
    assert_eq!(code(&room.ask(stranger, "answer", answer())), (404, "8522".to_owned()));
    let call = room.connected("");
    assert_eq!(room.request("DELETE", &format!("/communications/calls/{call}"), None).status, 204);
    assert_eq!(code(&room.ask(&call, "keepAlive", json!({}))), (404, "8528".to_owned()));
    room.pass(1_000);
    assert_eq!(code(&room.ask(&call, "keepAlive", json!({}))), (404, "8522".to_owned()));
    assert_eq!(room.state(&call), None);
}

#[test]
fn an_id_may_be_written_without_dashes() {
    let mut room = Room::new();
    let call = room.ring("").replace('-', "").to_uppercase();
    assert_eq!(room.state(&call).as_deref(), Some("incoming"));
}

#[test]
fn sound_needs_a_call_that_stands_and_has_audio() {
    let mut room = Room::new();
    let call = room.ring("");
    let not_established = (400, "8501".to_owned());
    let actions = [("playPrompt", play(&["menu"], "1")), ("recordResponse", json!({}))];
    for (action, body) in &actions {
        assert_eq!(code(&room.ask(&call, action, body.clone())), not_established);
    }
    assert_eq!(code(&room.ask(&call, "subscribeToTone", json!({}))), not_established);
    assert_eq!(code(&room.ask(&call, "keepAlive", json!({}))), (400, "8585".to_owned()));
    room.ask(&call, "answer", answer());
    while room.state(&call).as_deref() != Some("established") {
        room.pass(10);
    }
    for (action, body) in &actions {
        assert_eq!(code(&room.ask(&call, action, body.clone())), (400, "8503".to_owned()));
    }
    assert_eq!(room.ask(&call, "subscribeToTone", json!({})).status, 200);
}

#[test]
fn prompts_and_contexts_have_limits() {
    let mut room = Room::new();
    let call = room.connected("");
    let many = vec!["menu"; 21];
    let untyped = json!({ "mediaInfo": { "uri": "https://a/b.wav" } });
    let relative = json!({ "@odata.type": "#microsoft.graph.mediaPrompt", "mediaInfo": { "uri": "/b.wav" } });
    for body in [
        json!({}),
        play(&[], "1"),
        play(&many, "1"),
        play(&["menu"], &"x".repeat(257)),
        json!({ "prompts": [untyped] }),
        json!({ "prompts": [relative] }),
        with(play(&["menu"], "1"), "loop", json!(true)),
    ] {
        assert_eq!(code(&room.ask(&call, "playPrompt", body.clone())), invalid(), "{body}");
    }
    assert_eq!(room.ask(&call, "playPrompt", play(&many[..20], &"x".repeat(256))).status, 200);
}

#[test]
fn a_recording_has_limits() {
    let mut room = Room::new();
    let call = room.connected("");
    for body in [
        json!({ "prompts": [prompt("menu"), prompt("menu")] }),
        json!({ "initialSilenceTimeoutInSeconds": 0 }),
        json!({ "maxSilenceTimeoutInSeconds": 121 }),
        json!({ "maxRecordDurationInSeconds": 121 }),
        json!({ "maxRecordDurationInSeconds": 1.5 }),
        json!({ "stopTones": ["pound"] }),
        json!({ "stopTones": ["A"] }),
        json!({ "streamWhileRecording": true }),
    ] {
        assert_eq!(code(&room.ask(&call, "recordResponse", body.clone())), invalid(), "{body}");
    }
}

#[test]
fn other_actions_have_limits_too() {
    let mut room = Room::new();
    let ringing = room.ring("");
    let user = json!({ "identity": { "user": { "id": "x" } } });
    for (action, body) in [
        ("reject", json!({ "reason": "tired" })),
        ("reject", json!({ "reason": "busy", "callbackUri": "ftp://x" })),
        ("redirect", json!({ "targets": [] })),
        ("redirect", json!({ "targets": vec![user.clone(); 26] })),
        ("redirect", json!({ "targets": [user], "timeout": 91 })),
        ("redirect", json!({ "targets": [{ "identity": {} }] })),
    ] {
        assert_eq!(code(&room.ask(&ringing, action, body.clone())), invalid(), "{action} {body}");
    }
    let call = room.connected("");
    let both = json!({ "user": { "id": "x" }, "phone": { "id": "+1" } });
    for (action, body) in [
        ("transfer", json!({})),
        ("transfer", json!({ "transferTarget": { "identity": both } })),
        ("transfer", json!({ "transferTarget": { "identity": { "phone": { "id": "0800" } } } })),
        ("sendDtmfTones", json!({ "tones": [] })),
        ("sendDtmfTones", json!({ "tones": ["1"] })),
        ("subscribeToTone", json!({ "clientContext": "x".repeat(257) })),
        ("cancelMediaProcessing", json!({ "all": true })),
    ] {
        assert_eq!(code(&room.ask(&call, action, body.clone())), invalid(), "{action} {body}");
    }
}

#[test]
fn what_is_not_simulated_says_so() {
    let mut room = Room::new();
    let call = room.connected("");
    assert_eq!(code(&room.ask(&call, "mute", json!({}))), (501, "notSupported".to_owned()));
    assert_eq!(code(&room.ask(&call, "participants/invite", json!({}))), (501, "notSupported".to_owned()));
}
