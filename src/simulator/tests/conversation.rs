//! A whole conversation between a scripted caller and a small bot written by hand.

use serde_json::{Value, json};

use super::room::{Room, answer, play, prompt};
use crate::simulator::{ledger::Verdict, observation::Seen};

const SCRIPT: &str = r##"
caller = { user = "8a34", name = "Ada" }
[[does]]
hears = "menu"
then = "wait"
[[does]]
hears = "sales press one"
presses = "1"
[[does]]
hears = "speak"
speaks = "6s"
presses = "#"
[[does]]
hears = "thanks"
hangs_up = true
[ends]
by = "caller"
recordings = 1
"##;

/// Does what the newest notification calls for.
fn react(room: &mut Room, call: &str, item: &Value) {
    let data = &item["resourceData"];
    let state = data["state"].as_str().unwrap_or_default().to_lowercase();
    let context = data["clientContext"].as_str().unwrap_or_default();
    let is_done = data["status"].as_str().is_some_and(|status| status.eq_ignore_ascii_case("completed"));
    match (state.as_str(), context) {
        ("incoming", _) => assert_eq!(room.ask(call, "answer", answer()).status, 202),
        ("established", _) if data.get("toneInfo").is_some() => hear_tone(room, call, data),
        ("established", _) if data.get("chatInfo").is_none() && data.get("mediaState").is_some() => {
            room.ask(call, "subscribeToTone", json!({}));
            room.ask(call, "playPrompt", play(&["menu", "pause"], "menu"));
        }
        (_, "menu") if is_done => {
            room.ask(call, "playPrompt", play(&["menu", "pause"], "menu"));
        }
        (_, "record") if is_done => {
            room.ask(call, "playPrompt", play(&["thanks"], "thanks"));
        }
        _ => {}
    }
}

fn hear_tone(room: &mut Room, call: &str, data: &Value) {
    if data["toneInfo"]["tone"] == "tone1" {
        room.ask(call, "cancelMediaProcessing", json!({}));
        let body = json!({
            "prompts": [prompt("speak")],
            "stopTones": ["#"],
            "maxRecordDurationInSeconds": 60,
            "clientContext": "record",
        });
        room.ask(call, "recordResponse", body);
    }
}

fn converse(room: &mut Room, call: &str) {
    let mut read = 0;
    for _ in 0..2_000 {
        while read < room.got.len() {
            let item = room.got[read].item.clone();
            react(room, call, &item);
            read += 1;
        }
        room.pass(50);
        if room.world.is_quiet() {
            return;
        }
    }
}

#[test]
fn a_caller_leaves_a_message_and_goes() {
    for seed in 0..10 {
        let mut room = Room::with(|setup| setup.seed = seed);
        let call = room.ring(SCRIPT);
        converse(&mut room, &call);
        let ledger = room.world.ledger(&call).unwrap().clone();
        assert_eq!(ledger.script, Verdict::Fulfilled, "seed {seed}: {ledger:?}");
        assert_eq!((ledger.answers, ledger.recordings, ledger.prompts_again), (1, 1, 0));
        let story: Vec<String> = room
            .seen
            .iter()
            .filter_map(|observation| match &observation.what {
                Seen::PromptBegan { name, .. } => Some(name.clone()),
                Seen::Pressed { key, .. } => Some(key.to_string()),
                Seen::Spoke { .. } => Some("speaks".to_owned()),
                Seen::Ended { .. } => Some("ends".to_owned()),
                _ => None,
            })
            .collect();
        let wanted = ["menu", "silence", "menu", "silence", "1", "speak", "speaks", "#", "thanks", "ends"];
        assert_eq!(story, wanted, "seed {seed}");
    }
}

#[test]
fn observations_can_be_written_down() {
    let mut room = Room::new();
    let call = room.ring("caller = { user = \"8a34\", name = \"Ada\" }");
    let written = serde_json::to_value(&room.seen[0]).unwrap();
    assert_eq!(written["call"], call);
    assert_eq!(written["what"], json!({ "what": "rang", "caller": "Ada" }));
}

#[test]
fn two_thousand_conversations_at_once_keep_to_themselves() {
    let mut room = Room::new();
    let script = "[[does]]\nhears = \"thanks\"\nhangs_up = true";
    let calls: Vec<String> = (0..2_000).map(|_| room.ring(script)).collect();
    for call in &calls {
        room.ask(call, "answer", answer());
    }
    room.pass(2_000);
    for call in &calls {
        room.ask(call, "playPrompt", play(&["thanks"], call));
    }
    room.pass(5_000);
    assert!(room.world.is_quiet());
    let fulfilled = |call: &&String| room.world.ledger(call).unwrap().script == Verdict::Fulfilled;
    assert_eq!(calls.iter().filter(fulfilled).count(), 2_000);
}
