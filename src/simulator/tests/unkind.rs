//! Mishaps: the same from the same seed, and within what can be survived.

use serde_json::json;

use super::room::{Got, Room, answer, play};
use crate::simulator::{observation::Seen, wire::Reply};

fn unkind(seed: u64) -> Room {
    Room::with(|setup| setup.mishaps = Some(seed))
}

/// Asks until it is done, as a stubborn bot does.
fn insist(room: &mut Room, call: &str, action: &str, body: &serde_json::Value) -> Reply {
    for _ in 0..4 {
        let reply = room.ask(call, action, body.clone());
        if !reply.lost && reply.status < 429 {
            return reply;
        }
        room.pass(2_000);
    }
    panic!("{action} failed too often");
}

fn a_call(seed: u64) -> (Room, String) {
    let mut room = unkind(seed);
    let call = room.ring("");
    insist(&mut room, &call, "answer", &answer());
    room.pass(5_000);
    for n in 0..6 {
        insist(&mut room, &call, "subscribeToTone", &json!({}));
        insist(&mut room, &call, "playPrompt", &play(&["menu"], &n.to_string()));
        room.world.press(&call, "12", room.now);
        room.pass(10_000);
    }
    room.world.hang_up(&call, room.now);
    room.pass(10_000);
    (room, call)
}

fn told(room: &Room) -> Vec<Got> {
    room.got.clone()
}

#[test]
fn the_same_seed_brings_the_same_mishaps_and_another_others() {
    let (one, _) = a_call(7);
    let (again, _) = a_call(7);
    let (other, _) = a_call(8);
    assert_eq!(one.seen, again.seen);
    assert_eq!(told(&one), told(&again));
    assert_ne!(told(&one), told(&other));
}

#[test]
fn most_calls_see_several() {
    let several = (0..20).filter(|seed| {
        let (room, _) = a_call(*seed);
        room.saw(|seen| matches!(seen, Seen::Mishap { .. })) >= 3
    });
    assert!(several.count() > 15);
}

#[test]
fn a_ringing_call_can_always_be_answered_in_time_and_no_tone_is_lost() {
    for seed in 0..60 {
        let (room, call) = a_call(seed);
        assert_eq!(room.world.ledger(&call).unwrap().answers, 1, "seed {seed}");
        let connected = |seen: &Seen| *seen == Seen::Connected;
        assert!(room.ms_between(|seen| matches!(seen, Seen::Rang { .. }), connected) < 8_000);
        let tones: std::collections::BTreeSet<_> =
            room.calls().iter().filter_map(|(_, data)| data["toneInfo"]["sequenceId"].as_i64()).collect();
        assert_eq!(tones.len(), 12, "seed {seed}");
    }
}

#[test]
fn a_deed_whose_reply_is_lost_is_done() {
    let lost = (0..200).find_map(|seed| {
        let mut room = unkind(seed);
        let call = room.ring("");
        let reply = room.ask(&call, "answer", answer());
        reply.lost.then(|| room.world.ledger(&call).unwrap().answers)
    });
    assert_eq!(lost, Some(1));
}

#[test]
fn a_throttled_request_says_when_to_come_back_and_does_nothing() {
    let throttled = (0..200).find_map(|seed| {
        let mut room = unkind(seed);
        let call = room.ring("");
        let reply = room.ask(&call, "answer", answer());
        (reply.status == 429).then(|| (reply.retry_after, room.world.ledger(&call).unwrap().answers))
    });
    assert_eq!(throttled, Some((Some(1), 0)));
}

#[test]
fn asking_for_the_call_tells_the_truth() {
    for seed in 0..30 {
        let mut room = unkind(seed);
        let call = room.ring("");
        insist(&mut room, &call, "answer", &answer());
        room.pass(5_000);
        let path = format!("/communications/calls/{call}");
        let shown =
            std::iter::repeat_with(|| room.request("GET", &path, None)).find(|reply| reply.status == 200 && !reply.lost).unwrap();
        assert_eq!(shown.body.unwrap()["mediaState"]["audio"], "active", "seed {seed}");
    }
}
