//! How calls end, and what is kept of them.

use serde_json::json;

use super::room::{Room, answer, play};
use crate::simulator::{ledger::Verdict, observation::EndedBy};

fn how(room: &Room, call: &str) -> (EndedBy, u16, u32) {
    let ended = room.world.ledger(call).unwrap().ended.clone().unwrap();
    (ended.by, ended.code, ended.subcode)
}

#[test]
fn a_caller_who_hangs_up_ends_operations_first_then_the_call() {
    let mut room = Room::new();
    let call = room.connected("");
    room.ask(&call, "playPrompt", play(&["menu"], "1"));
    room.ask(&call, "playPrompt", play(&["welcome"], "2"));
    room.pass(1_000);
    let before = room.got.len();
    assert!(room.world.hang_up(&call, room.now));
    room.pass(1_000);
    assert_eq!(how(&room, &call), (EndedBy::Caller, 200, 5002));
    let told: Vec<_> = room.got[before..].iter().map(|got| &got.item["resourceData"]).collect();
    assert_eq!(told.len(), 4);
    assert_eq!((&told[0]["status"], &told[0]["clientContext"]), (&json!("failed"), &json!("1")));
    assert_eq!((&told[1]["status"], &told[1]["clientContext"]), (&json!("failed"), &json!("2")));
    assert_eq!(told[2]["state"], "terminating");
    assert_eq!(told[3]["state"], "terminated");
    assert_eq!(told[3]["resultInfo"]["subcode"], 5002);
    assert!(!room.world.hang_up(&call, room.now));
    assert!(room.world.is_quiet());
}

#[test]
fn the_bot_hangs_up_once() {
    let mut room = Room::new();
    let call = room.connected("");
    let path = format!("/communications/calls/{call}");
    assert_eq!(room.request("DELETE", &path, None).status, 204);
    assert_eq!(room.request("DELETE", &path, None).status, 404);
    room.pass(1_000);
    assert_eq!(how(&room, &call), (EndedBy::Bot, 0, 7000));
    assert_eq!(room.world.ledger(&call).unwrap().hang_ups, 1);
}

#[test]
fn a_declined_call_ends_with_hardly_a_word() {
    let mut room = Room::with(|setup| setup.seed = 3);
    let call = room.ring("[ends]\nby = \"rejected\"");
    let reply = room.ask(&call, "reject", json!({ "reason": "busy" }));
    assert_eq!((reply.status, reply.body), (202, None));
    room.pass(1_000);
    let (change, data) = room.calls().pop().unwrap();
    assert_eq!(change, "deleted");
    assert!(data.get("state").is_none() && data.get("resultInfo").is_none());
    let ledger = room.world.ledger(&call).unwrap();
    assert_eq!((ledger.rejects, &ledger.script), (1, &Verdict::Fulfilled));
}

#[test]
fn a_redirected_call_ends() {
    let mut room = Room::new();
    let call = room.ring("");
    let target = json!({ "identity": { "user": { "id": "98da" } } });
    assert_eq!(room.ask(&call, "redirect", json!({ "targets": [target], "timeout": 15 })).status, 202);
    room.pass(1_000);
    assert_eq!(room.state(&call).as_deref(), Some("redirecting"));
    room.pass(3_000);
    assert_eq!(how(&room, &call), (EndedBy::Redirected, 0, 0));
    assert_eq!(room.world.ledger(&call).unwrap().redirects, 1);
}

#[test]
fn a_redirected_call_that_nobody_takes_ends_when_all_have_declined_or_the_time_is_up() {
    for (people, seconds, how_it_ends) in [
        ("people.a = { declines = \"2s\" }\npeople.b = { declines = \"5s\" }", 6, (EndedBy::Redirected, 603, 0)),
        ("people.a = { declines = \"2s\" }\npeople.b = { ignores = true }", 16, (EndedBy::Redirected, 487, 10004)),
        ("people.a = { declines = \"2s\" }\npeople.b = { answers = \"20s\" }", 16, (EndedBy::Redirected, 487, 10004)),
    ] {
        let mut room = Room::new();
        let call = room.ring(people);
        let targets = ["a", "b"].map(|id| json!({ "identity": { "user": { "id": id } } }));
        assert_eq!(room.ask(&call, "redirect", json!({ "targets": targets, "timeout": 15 })).status, 202);
        room.pass((seconds - 2) * 1_000);
        assert_eq!(room.state(&call).as_deref(), Some("redirecting"));
        room.pass(2_000);
        assert_eq!(how(&room, &call), how_it_ends);
    }
}

#[test]
fn a_call_that_is_not_kept_alive_ends_after_45_minutes() {
    let minutes = |n: i64| n * 60_000;
    let mut room = Room::new();
    let call = room.connected("");
    room.pass(minutes(44));
    assert_eq!(room.ask(&call, "keepAlive", json!({})).status, 200);
    room.pass(minutes(44));
    assert_eq!(room.state(&call).as_deref(), Some("established"));
    room.pass(minutes(2));
    assert_eq!(how(&room, &call), (EndedBy::Platform, 408, 8537));
}

#[test]
fn a_caller_may_hang_up_while_it_rings() {
    let mut room = Room::new();
    let call = room.ring("");
    assert!(room.world.hang_up(&call, room.now));
    assert_eq!(room.ask(&call, "answer", answer()).status, 404);
    room.pass(1_000);
    assert_eq!(how(&room, &call), (EndedBy::Caller, 487, 0));
}

#[test]
fn a_scripted_caller_who_hears_nothing_new_gives_up() {
    let mut room = Room::new();
    let call = room.connected("[[does]]\nhears = \"menu\"");
    room.ask(&call, "playPrompt", play(&["welcome"], "1"));
    room.pass(99_000);
    assert_eq!(room.state(&call).as_deref(), Some("established"));
    room.pass(5_000);
    let ledger = room.world.ledger(&call).unwrap();
    assert_eq!(ledger.ended.as_ref().unwrap().by, EndedBy::Caller);
    assert!(matches!(&ledger.script, Verdict::Failed { line: 1, why } if why.contains("100 s")));
}

#[test]
fn a_caller_led_from_outside_has_all_the_patience() {
    let mut room = Room::new();
    let call = room.connected("");
    room.pass(600_000);
    assert_eq!(room.state(&call).as_deref(), Some("established"));
}
