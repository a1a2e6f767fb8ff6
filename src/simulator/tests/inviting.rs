//! The bot asks people into a call that stands.

use serde_json::{Value, json};

use super::room::{APP, Room, call_to, play};
use crate::simulator::{
    ledger::Verdict,
    observation::{EndedBy, NotTaken, Seen},
    wire::Reply,
};

fn invitation(users: &[&str]) -> Value {
    let one =
        |id: &&str| json!({ "@odata.type": "#microsoft.graph.invitationParticipantInfo", "identity": { "user": { "id": id } } });
    json!({ "participants": users.iter().map(one).collect::<Vec<_>>(), "clientContext": "f2fa" })
}

fn replacing(user: &str, call: &str) -> Value {
    let mut body = invitation(&[user]);
    body["participants"][0]["replacesCallId"] = json!(call);
    body
}

fn invite(room: &mut Room, call: &str, body: Value) -> Reply {
    room.ask(call, "participants/invite", body)
}

fn standing(contacts: &str, users: &[&str]) -> (Room, String) {
    let mut room = Room::knowing(contacts);
    let call = room.place(call_to(users));
    room.pass(8_000);
    (room, call)
}

fn code(reply: &Reply) -> (u16, String) {
    (reply.status, reply.body.as_ref().unwrap()["error"]["code"].as_str().unwrap().to_owned())
}

#[test]
fn someone_invited_into_a_call_between_two_makes_it_a_group_call() {
    let (mut room, call) = standing("", &["ada"]);
    assert_eq!(code(&room.ask(&call, "mute", json!({}))), (400, "8548".into()));
    let reply = invite(&mut room, &call, invitation(&["bob"]));
    let operation = reply.body.unwrap();
    assert_eq!((reply.status, &operation["status"]), (200, &json!("Running")));
    assert_eq!(operation["@odata.type"], "#microsoft.graph.inviteParticipantsOperation");
    assert_eq!(operation["participants"][0]["identity"]["user"]["id"], "bob");
    room.pass(5_000);
    let items: Vec<&Value> = room.got.iter().rev().take(2).map(|got| &got.item).collect();
    let (roster, end) = (items[0], &items[1]["resourceData"]);
    assert!(roster["resourceData"].is_array(), "the roster comes after the operation's end");
    assert_eq!(room.rosters().last().unwrap(), &["ada", "bob", APP]);
    assert!(end["status"].as_str().unwrap().eq_ignore_ascii_case("completed"));
    assert_eq!((&end["clientContext"], end.get("resultInfo")), (&json!("f2fa"), None));
    assert_eq!(items[1]["changeType"], "deleted");
    assert_eq!(room.ask(&call, "mute", json!({})).status, 200);
    room.world.hang_up(&call, room.now);
    room.pass(1_000);
    assert_eq!(room.rosters().last().unwrap(), &["bob", APP]);
    assert_eq!(room.world.ledger(&call).unwrap().invites, 1);
}

#[test]
fn an_incoming_call_can_be_joined_by_others_too() {
    let mut room = Room::new();
    let call = room.connected("caller = { user = \"8a34\", name = \"Ada\" }");
    invite(&mut room, &call, invitation(&["bob"]));
    room.pass(5_000);
    assert_eq!(room.rosters().last().unwrap(), &["8a34", "bob", APP]);
}

#[test]
fn an_invitation_that_nobody_takes_fails_and_the_call_stays_as_it_was() {
    for (does, why, end, after) in [
        ("declines = \"2s\"", NotTaken::Declined, (603, 0), 3_000),
        ("ignores = true", NotTaken::NoAnswer, (487, 10_004), 61_000),
        ("unreachable = true", NotTaken::Unreachable, (480, 10_037), 2_000),
    ] {
        let (mut room, call) = standing(&format!("[[contacts]]\nuser = \"bob\"\n{does}"), &["ada"]);
        invite(&mut room, &call, invitation(&["bob"]));
        room.pass(after);
        let ended = room.operations().pop().unwrap();
        assert!(ended["status"].as_str().unwrap().eq_ignore_ascii_case("failed"), "{does}");
        assert_eq!((&ended["resultInfo"]["code"], &ended["resultInfo"]["subcode"]), (&json!(end.0), &json!(end.1)));
        assert_eq!(room.saw(|seen| *seen == Seen::NotTaken { to: "bob".into(), why }), 1);
        assert_eq!(code(&room.ask(&call, "mute", json!({}))), (400, "8548".into()));
        assert_eq!(room.state(&call).as_deref(), Some("established"));
    }
}

#[test]
fn several_are_invited_into_a_group_call_alone_and_one_who_comes_is_enough() {
    let contacts = "[[contacts]]\nuser = \"cyd\"\ndeclines = \"5s\"";
    let (mut room, call) = standing(contacts, &["ada"]);
    assert_eq!(code(&invite(&mut room, &call, invitation(&["bob", "cyd"]))), (400, "8548".into()));
    let (mut room, call) = standing(contacts, &["ada", "eve"]);
    invite(&mut room, &call, invitation(&["bob", "cyd"]));
    room.pass(4_000);
    assert!(room.operations().is_empty(), "cyd has not decided");
    room.pass(2_000);
    let ended = room.operations().pop().unwrap();
    assert!(ended["status"].as_str().unwrap().eq_ignore_ascii_case("completed"));
    assert_eq!(ended["participants"].as_array().unwrap().len(), 2);
}

#[test]
fn an_invitation_can_be_taken_back() {
    let (mut room, call) = standing("[[contacts]]\nuser = \"bob\"\nignores = true", &["ada", "eve"]);
    let mut body = invitation(&["bob"]);
    body["participants"][0]["participantId"] = json!("7d501bf1-5ee4-4605-ba92-0ae4513c611c");
    invite(&mut room, &call, body);
    let path = format!("/communications/calls/{call}/participants/7D501BF15EE44605BA920AE4513C611C");
    assert_eq!(room.request("DELETE", &path, None).status, 204);
    let ended = room.operations().pop().unwrap();
    assert_eq!((&ended["resultInfo"]["code"], &ended["resultInfo"]["subcode"]), (&json!(487), &json!(0)));
    room.pass(70_000);
    assert_eq!(room.operations().len(), 1);
}

#[test]
fn a_person_comes_over_from_another_call_which_then_ends_by_itself() {
    let contacts = "[[contacts]]\nuser = \"bob\"\nanswers = \"1s\"\n\
        does = [{ hears = \"welcome\", then = \"wait\" }, { hears = \"menu\", presses = \"1\" }]";
    let (mut room, group) = standing(contacts, &["ada", "eve"]);
    let single = room.place(call_to(&["bob"]));
    room.pass(5_000);
    room.ask(&single, "playPrompt", play(&["welcome"], "1"));
    room.pass(3_000);
    let told = room.got.len();
    assert_eq!(invite(&mut room, &group, replacing("bob", &single.to_uppercase())).status, 200);
    room.pass(3_000);
    assert_eq!(room.rosters().last().unwrap(), &["ada", "eve", "bob", APP]);
    assert_eq!(room.state(&single), None);
    let plain = |id: &str| id.replace('-', "").to_lowercase();
    let of_single: Vec<_> = room.got[told..]
        .iter()
        .filter(|got| plain(got.item["resourceUrl"].as_str().unwrap()).contains(&plain(&single)))
        .map(|got| got.item["changeType"].clone())
        .collect();
    assert_eq!(of_single, ["updated", "deleted"]);
    let ledger = room.world.ledger(&single).unwrap();
    assert_eq!((ledger.ended.as_ref().unwrap().by, &ledger.script), (EndedBy::Replaced, &Verdict::Fulfilled));
    assert_eq!(room.saw(|seen| *seen == Seen::Joined { who: "bob".into() }), 1);
    // And follows the script there.
    room.ask(&group, "subscribeToTone", json!({}));
    room.ask(&group, "playPrompt", play(&["menu"], "2"));
    room.pass(8_000);
    assert_eq!(room.saw(|seen| *seen == Seen::Pressed { key: '1', sent: true }), 1);
}

#[test]
fn what_cannot_be_replaced_or_invited_is_refused() {
    let (mut room, call) = standing("", &["ada"]);
    for id in [call.as_str(), "11111111-2222-3333-4444-555555555555"] {
        assert_eq!(code(&invite(&mut room, &call, replacing("bob", id))), (400, "8523".into()));
    }
    for body in
        [json!({}), invitation(&[]), invitation(&["a", "b", "c", "d", "e", "f"]), json!({ "participants": [{ "identity": {} }] })]
    {
        assert_eq!(code(&invite(&mut room, &call, body.clone())), (400, "8523".into()), "{body}");
    }
    let number = json!({ "participants": [{ "identity": { "phone": { "id": "+441632960001" } } }] });
    assert_eq!(invite(&mut room, &call, number.clone()).status, 200);
    let incoming = room.connected("");
    assert_eq!(code(&invite(&mut room, &incoming, number)), (400, "7507".into()));
    let ringing = room.ring("");
    assert_eq!(code(&invite(&mut room, &ringing, invitation(&["bob"]))), (400, "8501".into()));
    let mut poor = Room::with(|setup| setup.roles.retain(|role| role != "Calls.InitiateGroupCall.All"));
    let call = poor.connected("");
    assert_eq!(code(&invite(&mut poor, &call, invitation(&["bob"]))), (403, "7504".into()));
}

#[test]
fn an_invitation_fails_when_the_call_ends_first() {
    let (mut room, call) = standing("[[contacts]]\nuser = \"bob\"\nignores = true", &["ada"]);
    invite(&mut room, &call, invitation(&["bob"]));
    room.pass(1_000);
    room.request("DELETE", &format!("/communications/calls/{call}"), None);
    room.pass(70_000);
    let ended = room.operations();
    assert_eq!((ended.len(), &ended[0]["resultInfo"]["subcode"]), (1, &json!(8528)));
    assert!(room.world.is_quiet());
}
