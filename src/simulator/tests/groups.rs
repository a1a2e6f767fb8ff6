//! Calls of several: who comes, who leaves, and what the bot does with them.

use serde_json::{Value, json};

use super::room::{APP, Room, call_to, play};
use crate::simulator::{
    ledger::Verdict,
    observation::{EndedBy, NotTaken, Seen},
    wire::Reply,
};

const THREE: &str = r#"
[[contacts]]
user = "ada"
answers = "2s"
[[contacts]]
user = "bob"
answers = "9s"
[[contacts]]
user = "cyd"
declines = "1s"
"#;

fn group(contacts: &str, users: &[&str]) -> (Room, String) {
    let mut room = Room::knowing(contacts);
    let call = room.place(call_to(users));
    (room, call)
}

fn code(reply: &Reply) -> (u16, String) {
    (reply.status, reply.body.as_ref().unwrap()["error"]["code"].as_str().unwrap().to_owned())
}

/// The participant of a user, as listed.
fn listed(room: &mut Room, call: &str, user: &str) -> Value {
    let reply = room.request("GET", &format!("/communications/calls/{call}/participants"), None);
    let all = reply.body.unwrap()["value"].as_array().unwrap().clone();
    all.into_iter().find(|one| one["info"]["identity"]["user"]["id"] == user).unwrap_or_default()
}

fn id_of(room: &mut Room, call: &str, user: &str) -> String {
    listed(room, call, user)["id"].as_str().unwrap().to_owned()
}

#[test]
fn all_are_rung_at_once_and_the_call_stands_once_the_first_has_answered() {
    let (mut room, call) = group(THREE, &["ada", "bob", "cyd"]);
    room.pass(6_000);
    assert_eq!(room.saw(|seen| matches!(seen, Seen::Ringing { .. })), 3);
    assert_eq!(room.saw(|seen| *seen == Seen::NotTaken { to: "cyd".into(), why: NotTaken::Declined }), 1);
    assert_eq!(room.state(&call).as_deref(), Some("established"));
    assert_eq!(room.rosters(), [vec!["ada", APP]]);
    room.pass(6_000);
    assert_eq!(room.rosters()[1..], [vec!["ada", "bob", APP]]);
    let ledger = room.world.ledger(&call).unwrap();
    assert_eq!((ledger.rung, ledger.taken), (3, 2));
}

#[test]
fn a_group_call_that_nobody_takes_ends() {
    for (does, end) in [("declines = \"1s\"", (0, 5003)), ("ignores = true", (487, 10_004))] {
        let (mut room, call) = group(
            &format!("[[contacts]]\nuser = \"ada\"\ndeclines = \"2s\"\n[[contacts]]\nuser = \"bob\"\n{does}"),
            &["ada", "bob"],
        );
        room.pass(65_000);
        assert_eq!(room.states(), ["establishing", "deleted"]);
        let ended = room.world.ledger(&call).unwrap().ended.clone().unwrap();
        assert_eq!((ended.by, (ended.code, ended.subcode)), (EndedBy::NotTaken, end), "{does}");
    }
}

#[test]
fn who_leaves_is_missing_from_the_roster_and_the_bot_learns_that_it_is_alone() {
    let (mut room, call) = group(THREE, &["ada", "bob"]);
    room.pass(15_000);
    for left in [vec!["bob", APP], vec![APP]] {
        assert!(room.world.hang_up(&call, room.now));
        room.pass(100);
        assert_eq!(*room.rosters().last().unwrap(), left);
    }
    assert!(!room.world.hang_up(&call, room.now));
    assert_eq!(room.state(&call).as_deref(), Some("established"), "the call goes on");
    let numbers: Vec<i64> =
        room.got.iter().filter_map(|got| got.item["resourceData"][0]["rosterSequenceNumber"].as_i64()).collect();
    assert!(numbers.len() == 4 && numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
    room.request("DELETE", &format!("/communications/calls/{call}"), None);
    room.pass(1_000);
    assert!(room.world.is_quiet());
}

#[test]
fn each_hears_the_bot_and_anyones_keys_are_told() {
    let presses = |user: &str, key: &str| {
        format!(
            "[[contacts]]\nuser = \"{user}\"\nanswers = \"1s\"\ndoes = [{{ hears = \"menu\", presses = \"{key}\", hangs_up = true }}]\n"
        )
    };
    let (mut room, call) = group(&(presses("ada", "1") + &presses("bob", "2")), &["ada", "bob"]);
    room.pass(5_000);
    room.ask(&call, "subscribeToTone", json!({}));
    room.ask(&call, "playPrompt", play(&["menu"], "1"));
    room.pass(10_000);
    assert_eq!(room.saw(|seen| matches!(seen, Seen::PromptBegan { .. })), 1);
    let tones: Vec<Value> = room.calls().into_iter().filter_map(|(_, data)| data["toneInfo"].get("tone").cloned()).collect();
    assert_eq!(tones, ["tone1", "tone2"]);
    assert_eq!(room.rosters().last().unwrap(), &[APP]);
    room.request("DELETE", &format!("/communications/calls/{call}"), None);
    room.pass(1_000);
    assert_eq!(room.world.ledger(&call).unwrap().script, Verdict::Fulfilled);
}

#[test]
fn one_script_that_is_not_fulfilled_is_the_calls_verdict() {
    let contacts = "[[contacts]]\nuser = \"bob\"\nanswers = \"1s\"\ndoes = [{ hears = \"menu\", presses = \"1\" }]\n";
    let (mut room, call) = group(contacts, &["ada", "bob"]);
    room.pass(10_000);
    room.request("DELETE", &format!("/communications/calls/{call}"), None);
    room.pass(1_000);
    assert!(matches!(room.world.ledger(&call).unwrap().script, Verdict::Failed { line: 1, .. }));
}

#[test]
fn a_participant_can_be_muted_and_removed() {
    let (mut room, call) = group(THREE, &["ada", "bob"]);
    room.pass(15_000);
    let ada = id_of(&mut room, &call, "ada");
    let path = format!("participants/{ada}");
    let muted = room.ask(&call, &format!("{path}/mute"), json!({ "clientContext": "c" })).body.unwrap();
    assert_eq!(muted["@odata.type"], "#microsoft.graph.muteParticipantOperation");
    assert_eq!((&muted["status"], &muted["clientContext"]), (&json!("completed"), &json!("c")));
    assert_eq!(room.got.last().unwrap().item["resourceData"][0]["isMuted"], true);
    assert_eq!(listed(&mut room, &call, "ada")["isMuted"], true);
    let one = format!("/communications/calls/{call}/{path}");
    assert_eq!(room.request("GET", &one, None).body.unwrap()["info"]["identity"]["user"]["id"], "ada");
    assert_eq!(room.request("DELETE", &one, None).status, 204);
    assert_eq!(room.rosters().last().unwrap(), &["bob", APP]);
    assert_eq!(room.request("DELETE", &one, None).status, 404);
    assert_eq!(room.world.ledger(&call).unwrap().removals, 1);
}

#[test]
fn a_mute_bot_is_not_heard() {
    let contacts = "[[contacts]]\nuser = \"bob\"\nanswers = \"1s\"\ndoes = [{ hears = \"menu\", presses = \"1\" }]\n";
    let (mut room, call) = group(contacts, &["ada", "bob"]);
    room.pass(6_000);
    let muted = room.ask(&call, "mute", json!({})).body.unwrap();
    assert_eq!(
        (&muted["@odata.type"], &muted["status"]),
        (&json!("#microsoft.graph.muteParticipantOperation"), &json!("completed"))
    );
    let roster = room.got.last().unwrap().item["resourceData"].as_array().unwrap().clone();
    assert_eq!(roster.last().unwrap()["isMuted"], true);
    room.ask(&call, "playPrompt", play(&["menu"], "1"));
    room.pass(8_000);
    assert_eq!(room.saw(|seen| matches!(seen, Seen::Pressed { .. })), 0);
    assert_eq!(room.ask(&call, "unmute", json!({})).body.unwrap()["@odata.type"], "#microsoft.graph.unmuteParticipantOperation");
    room.ask(&call, "playPrompt", play(&["menu"], "2"));
    room.pass(8_000);
    assert_eq!(room.saw(|seen| matches!(seen, Seen::Pressed { .. })), 1);
}

#[test]
fn one_at_a_time_is_put_on_hold_and_hears_nothing_of_the_call() {
    let contacts = "[[contacts]]\nuser = \"bob\"\nanswers = \"1s\"\ndoes = [{ hears = \"menu\", presses = \"1\" }]\n";
    let (mut room, call) = group(contacts, &["ada", "bob"]);
    room.pass(6_000);
    let (ada, bob) = (id_of(&mut room, &call, "ada"), id_of(&mut room, &call, "bob"));
    let music = json!({ "customPrompt": super::room::prompt("welcome"), "clientContext": "h" });
    let reply = room.ask(&call, &format!("participants/{bob}/startHoldMusic"), music);
    let operation = reply.body.as_ref().unwrap();
    assert_eq!((reply.status, &operation["status"], &operation["clientContext"]), (202, &json!("running"), &json!("h")));
    assert_eq!(listed(&mut room, &call, "bob")["mediaStreams"][0]["direction"], "inactive");
    let second = room.ask(&call, &format!("participants/{ada}/startHoldMusic"), json!({}));
    assert_eq!(code(&second), (409, "8519".into()));
    room.pass(1_000);
    let ended = room.operations().pop().unwrap();
    assert_eq!(ended["@odata.type"], "#microsoft.graph.startHoldMusicOperation");
    assert!(ended["status"].as_str().unwrap().eq_ignore_ascii_case("completed"));
    room.ask(&call, "playPrompt", play(&["menu"], "1"));
    room.pass(8_000);
    assert_eq!(room.saw(|seen| matches!(seen, Seen::Pressed { .. })), 0);
    let stopped = room.ask(&call, &format!("participants/{bob}/stopHoldMusic"), json!({}));
    assert_eq!((stopped.status, &stopped.body.unwrap()["status"]), (202, &json!("completed")));
    assert_eq!(listed(&mut room, &call, "bob")["mediaStreams"][0]["direction"], "sendReceive");
    room.ask(&call, "playPrompt", play(&["menu"], "2"));
    room.pass(8_000);
    assert_eq!(room.saw(|seen| matches!(seen, Seen::Pressed { .. })), 1);
}

#[test]
fn what_is_for_calls_of_several_is_refused_between_two() {
    let mut room = Room::new();
    let call = room.place(call_to(&["ada"]));
    room.pass(8_000);
    for action in ["mute", "unmute", "participants/x/mute", "participants/x/startHoldMusic", "participants/x/stopHoldMusic"] {
        assert_eq!(code(&room.ask(&call, action, json!({}))), (400, "8548".into()), "{action}");
    }
    let removal = room.request("DELETE", &format!("/communications/calls/{call}/participants/x"), None);
    assert_eq!(code(&removal), (400, "8548".into()));
}

#[test]
fn moderating_needs_its_consent() {
    let mut room = Room::with(|setup| setup.roles.retain(|role| role != "Calls.JoinGroupCall.All"));
    let call = room.place(call_to(&["ada", "bob"]));
    room.pass(8_000);
    let ada = id_of(&mut room, &call, "ada");
    assert_eq!(code(&room.ask(&call, &format!("participants/{ada}/mute"), json!({}))), (403, "7504".into()));
}
