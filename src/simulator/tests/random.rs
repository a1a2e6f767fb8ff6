//! Whatever a bot asks in whatever order, nothing panics and every operation ends once.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::room::{Room, answer, call_to, play, prompt};

#[derive(Debug, Clone)]
enum Move {
    Ask(usize, usize),
    Pass(i64),
    Press(usize, char),
    HangUp(usize),
    Ring,
    Place(bool),
}

fn asks() -> Vec<(&'static str, Value)> {
    let user = json!({ "identity": { "user": { "id": "a" } } });
    vec![
        ("answer", answer()),
        ("answer", answer()),
        ("playPrompt", play(&["menu", "pause"], "p")),
        ("playPrompt", play(&["broken"], "p")),
        ("playPrompt", play(&["thanks", "missing"], "p")),
        ("playPrompt", json!({})),
        ("recordResponse", json!({ "prompts": [prompt("speak")], "stopTones": ["1"], "bargeInAllowed": true })),
        ("recordResponse", json!({ "playBeep": false, "maxRecordDurationInSeconds": 2 })),
        ("sendDtmfTones", json!({ "tones": ["flash"] })),
        ("cancelMediaProcessing", json!({})),
        ("subscribeToTone", json!({})),
        ("keepAlive", json!({})),
        ("transfer", json!({ "transferTarget": user })),
        ("reject", json!({})),
        ("redirect", json!({ "targets": [user] })),
        ("participants/invite", json!({ "participants": [user] })),
        ("participants/invite", json!({ "participants": [user, { "identity": { "user": { "id": "b" } } }] })),
        ("mute", json!({})),
        ("nonsense", json!(17)),
    ]
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        8 => (0..3_usize, 0..asks().len()).prop_map(|(call, ask)| Move::Ask(call, ask)),
        6 => (0..8_000_i64).prop_map(Move::Pass),
        2 => (0..3_usize, prop::sample::select(vec!['1', '#', 'x'])).prop_map(|(call, key)| Move::Press(call, key)),
        1 => (0..3_usize).prop_map(Move::HangUp),
        1 => Just(Move::Ring),
        1 => any::<bool>().prop_map(Move::Place),
    ];
    prop::collection::vec(one, 1..60)
}

const SCRIPT: &str = "people.a = { declines = \"1s\" }\n\
    [[does]]\nhears = \"menu\"\npresses = \"12\"\nbarge_in = true\n\
    [[does]]\nhears = \"speak\"\nspeaks = \"3s\"\nhangs_up = true";

/// Plays the moves; answers the ids of accepted operations that run, and how often each ended.
fn play_out(mut room: Room, moves: &[Move]) -> (Vec<String>, BTreeMap<String, usize>, bool) {
    let mut calls = vec![room.ring(SCRIPT), room.ring(""), room.ring("")];
    let mut accepted = Vec::new();
    for one in moves {
        match one {
            Move::Ask(call, ask) => {
                let (action, body) = asks().swap_remove(*ask);
                let reply = room.ask(&calls[*call], action, body);
                let is_running =
                    |body: &Value| body["status"].as_str().is_some_and(|status| status.eq_ignore_ascii_case("running"));
                let operation = reply.body.filter(is_running);
                accepted.extend(operation.map(|body| plain(&body["id"])));
            }
            Move::Pass(ms) => room.pass(*ms),
            Move::Press(call, key) => {
                room.world.press(&calls[*call], &key.to_string(), room.now);
            }
            Move::HangUp(call) => {
                room.world.hang_up(&calls[*call], room.now);
            }
            Move::Place(is_group) => {
                let body = call_to(if *is_group { &["a", "b"] } else { &["a"] });
                let reply = room.request("POST", "/communications/calls", Some(body));
                if let Some(id) = reply.body.as_ref().and_then(|body| body["id"].as_str()) {
                    calls.rotate_left(1);
                    calls[2] = id.to_owned();
                }
            }
            Move::Ring => {
                let call = room.ring(SCRIPT);
                calls.rotate_left(1);
                calls.push(call);
            }
        }
    }
    room.pass(2 * 3_600_000);
    let mut ended = BTreeMap::new();
    for got in &room.got {
        let address = got.item["resourceUrl"].as_str().unwrap();
        if let Some((_, id)) = address.split_once("/operations/") {
            *ended.entry(plain(&json!(id))).or_default() += 1;
        }
    }
    (accepted, ended, room.world.is_quiet())
}

fn plain(id: &Value) -> String {
    id.as_str().unwrap().replace('-', "").to_lowercase()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_accepted_operation_ends_exactly_once_and_all_comes_to_rest(moves in moves(), seed in 0..1_000_u64) {
        let room = Room::with(|setup| setup.seed = seed);
        let (accepted, ended, is_quiet) = play_out(room, &moves);
        prop_assert_eq!(accepted.len(), ended.len());
        for id in accepted {
            prop_assert_eq!(ended.get(&id), Some(&1));
        }
        prop_assert!(is_quiet);
    }

    #[test]
    fn an_unkind_platform_comes_to_rest_too(moves in moves(), seed in 0..1_000_u64) {
        let room = Room::with(|setup| setup.mishaps = Some(seed));
        let (_, _, is_quiet) = play_out(room, &moves);
        prop_assert!(is_quiet);
    }
}
