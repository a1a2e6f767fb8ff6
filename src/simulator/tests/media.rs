//! The queue of what is played.

use serde_json::json;

use super::room::{Room, play, url};
use crate::simulator::observation::Seen;

fn began(name: &'static str) -> impl Fn(&Seen) -> bool {
    move |seen| matches!(seen, Seen::PromptBegan { name: heard, .. } if heard == name)
}

#[test]
fn prompts_of_one_operation_play_in_order_at_their_true_length_and_end_once() {
    let mut room = Room::new();
    let call = room.connected("");
    room.ask(&call, "playPrompt", play(&["welcome", "menu", "pause"], "1"));
    room.pass(10_900);
    assert!(room.operations().is_empty());
    room.pass(200);
    assert_eq!(room.operations().len(), 1);
    assert_eq!(room.ms_between(began("welcome"), began("menu")), 2_000);
    assert_eq!(room.ms_between(began("menu"), began("silence")), 4_000);
    let silent = |seen: &Seen| matches!(seen, Seen::PromptBegan { silence: true, ms: 5_000, .. });
    assert_eq!(room.saw(silent), 1);
    assert_eq!(room.saw(|seen| matches!(seen, Seen::PromptEnded { completed: true, .. })), 3);
}

#[test]
fn operations_wait_for_each_other() {
    let mut room = Room::new();
    let call = room.connected("");
    room.ask(&call, "playPrompt", play(&["menu"], "1"));
    room.ask(&call, "playPrompt", play(&["thanks"], "2"));
    assert_eq!(room.saw(began("thanks")), 0);
    room.pass(4_500);
    assert_eq!(room.saw(began("thanks")), 1);
    room.pass(1_000);
    let contexts: Vec<_> = room.operations().iter().map(|data| data["clientContext"].clone()).collect();
    assert_eq!(contexts, ["1", "2"]);
}

#[test]
fn cancelling_ends_what_runs_and_what_waits() {
    let mut room = Room::new();
    let call = room.connected("");
    room.ask(&call, "playPrompt", play(&["menu"], "1"));
    room.ask(&call, "recordResponse", json!({ "clientContext": "2" }));
    room.ask(&call, "sendDtmfTones", json!({ "tones": ["tone1"], "clientContext": "3" }));
    room.pass(1_000);
    let reply = room.ask(&call, "cancelMediaProcessing", json!({ "clientContext": "4" }));
    assert_eq!(reply.body.unwrap()["status"], "completed");
    let ended = room.operations();
    assert_eq!(ended.len(), 3);
    for (data, status, reason) in [
        (&ended[0], "failed", "mediaOperationCanceled"),
        (&ended[1], "failed", "operationCanceled"),
        (&ended[2], "completed", "mediaOperationCanceled"),
    ] {
        assert!(data["status"].as_str().unwrap().eq_ignore_ascii_case(status));
        assert_eq!(data["completionReason"], reason);
        assert_eq!(data["resultInfo"]["subcode"], 8508);
    }
    assert_eq!(room.saw(|seen| matches!(seen, Seen::PromptEnded { completed: false, .. })), 1);
    room.pass(60_000);
    assert_eq!(room.operations().len(), 3);
    assert_eq!(room.saw(|seen| *seen == Seen::RecordingBegan), 0);
}

#[test]
fn cancelling_nothing_is_fine() {
    let mut room = Room::new();
    let call = room.connected("");
    assert_eq!(room.ask(&call, "cancelMediaProcessing", json!({})).status, 200);
    assert!(room.operations().is_empty());
}

#[test]
fn a_prompt_cut_and_played_anew_counts_as_begun_again() {
    let mut room = Room::new();
    let call = room.connected("");
    for _ in 0..2 {
        room.ask(&call, "playPrompt", play(&["menu"], "1"));
        room.pass(1_000);
        room.ask(&call, "cancelMediaProcessing", json!({}));
    }
    room.pass(11_000);
    room.ask(&call, "playPrompt", play(&["menu"], "1"));
    let ledger = room.world.ledger(&call).unwrap();
    assert_eq!((ledger.prompts, ledger.prompts_again), (3, 1));
}

#[test]
fn a_file_that_cannot_be_had_or_played_fails_its_operation() {
    for (name, subcode) in [("missing", 8536), ("broken", 8535)] {
        let mut room = Room::new();
        let call = room.connected("");
        room.ask(&call, "playPrompt", play(&["thanks", name, "menu"], "1"));
        room.pass(1_100);
        let ended = room.operations();
        assert_eq!(ended[0]["resultInfo"]["subcode"], subcode);
        assert!(ended[0]["status"].as_str().unwrap().eq_ignore_ascii_case("failed"));
        assert_eq!((room.saw(began("thanks")), room.saw(began("menu"))), (1, 0));
    }
}

#[test]
fn a_prompt_without_a_caption_is_called_after_its_file() {
    let mut room = Room::with(|setup| setup.captions.clear());
    let call = room.connected("");
    let prompt = json!({ "@odata.type": "#microsoft.graph.mediaPrompt", "mediaInfo": { "uri": url("menu") } });
    room.ask(&call, "playPrompt", json!({ "prompts": [prompt] }));
    assert_eq!(room.saw(began("menu.wav")), 1);
}

#[test]
fn tones_sent_to_the_caller_take_their_time() {
    let mut room = Room::new();
    let call = room.connected("");
    let body = json!({ "tones": ["tone1", "star", "pound"], "delayBetweenTonesMs": 1000, "clientContext": "1" });
    assert_eq!(room.ask(&call, "sendDtmfTones", body).body.unwrap()["status"], "running");
    room.pass(3_700);
    assert!(room.operations().is_empty());
    room.pass(100);
    assert_eq!(room.operations()[0]["completionReason"], "completedSuccessfully");
}
