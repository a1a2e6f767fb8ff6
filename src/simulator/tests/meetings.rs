//! The bot joins meetings.

use serde_json::{Value, json};

use super::room::{APP, Room, TENANT, call_to, play};
use crate::simulator::{
    ledger::Verdict,
    meeting,
    observation::{EndedBy, Seen},
    wire::Reply,
};

const THREAD: &str = "19:meeting_Win6Ydo4wsMijFjZS00ZGVj@thread.v2";

fn meeting(more: &str) -> Room {
    let head =
        format!("[[meetings]]\norganizer = \"0rg\"\nthread = \"{THREAD}\"\njoin_id = \"1234567\"\npasscode = \"psw123\"\n");
    Room::with(|setup| setup.meetings = meeting::parse(&format!("{head}{more}")).unwrap())
}

fn body(info: Value) -> Value {
    let mut body = call_to(&[]);
    body.as_object_mut().unwrap().remove("targets");
    body["meetingInfo"] = info;
    body["tenantId"] = json!(TENANT);
    body
}

fn by_organizer() -> Value {
    let mut body = body(json!({
        "@odata.type": "#microsoft.graph.organizerMeetingInfo",
        "organizer": { "user": { "id": "0rg", "tenantId": TENANT, "displayName": "Bob" } },
        "allowConversationWithoutHost": true,
    }));
    body["chatInfo"] = json!({ "@odata.type": "#microsoft.graph.chatInfo", "threadId": THREAD, "messageId": "0" });
    body
}

fn by_id(id: &str, passcode: Option<&str>) -> Value {
    body(json!({ "@odata.type": "#microsoft.graph.joinMeetingIdMeetingInfo", "joinMeetingId": id, "passcode": passcode }))
}

fn by_token(token: &str) -> Value {
    body(json!({ "@odata.type": "#microsoft.graph.tokenMeetingInfo", "token": token }))
}

fn join(room: &mut Room, body: Value) -> Reply {
    room.request("POST", "/communications/calls", Some(body))
}

fn code(reply: &Reply) -> (u16, String) {
    (reply.status, reply.body.as_ref().unwrap()["error"]["code"].as_str().unwrap().to_owned())
}

#[test]
fn a_meeting_is_joined_as_a_join_url_names_it_and_told_with_its_chat() {
    let mut room = meeting("[[meetings.people]]\nuser = \"ada\"\nname = \"Ada\"");
    let call = room.place(by_organizer());
    room.pass(3_000);
    assert_eq!(room.states()[..3], ["establishing", "established", "established"]);
    for (_, data) in &room.calls()[..2] {
        assert_eq!(data["chatInfo"]["threadId"], THREAD);
        assert_eq!(data["meetingInfo"]["organizer"]["user"]["id"], "0rg");
    }
    assert_eq!(room.rosters(), [["ada", APP]]);
    assert_eq!(room.state(&call).as_deref(), Some("established"));
    assert_eq!(room.world.placed()[0].to, [THREAD]);
    assert_eq!(room.saw(|seen| matches!(seen, Seen::Ringing { .. })), 0);
}

#[test]
fn a_meeting_is_joined_by_its_id_and_passcode_and_the_reply_names_the_chat() {
    let mut room = meeting("");
    let made = join(&mut room, by_id("1234567", Some("psw123"))).body.unwrap();
    assert_eq!((&made["chatInfo"]["threadId"], &made["targets"]), (&json!(THREAD), &json!([])));
    assert_eq!(made["meetingInfo"]["joinMeetingId"], "1234567");
    for (id, passcode) in [("7654321", Some("psw123")), ("1234567", Some("wrong")), ("1234567", None)] {
        assert_eq!(code(&join(&mut room, by_id(id, passcode))), (400, "8561".into()));
    }
}

#[test]
fn a_bot_can_join_again_by_the_token_it_was_told() {
    let mut room = meeting("");
    room.place(by_organizer());
    room.pass(3_000);
    let told = |(_, data): (String, Value)| data["meetingInfo"]["token"].as_str().map(str::to_owned);
    let token = room.calls().into_iter().find_map(told).unwrap();
    assert_eq!(join(&mut room, by_token(&token)).status, 201);
    assert_eq!(code(&join(&mut room, by_token("made up"))), (400, "8526".into()));
}

#[test]
fn the_roster_tells_who_comes_and_goes_until_the_bot_is_alone_and_leaves() {
    let mut room = meeting(
        "[[meetings.people]]\nuser = \"ada\"\nleaves = \"20s\"\n\
         [[meetings.people]]\nuser = \"bob\"\njoins = \"10s\"\nleaves = \"30s\"",
    );
    let call = room.place(by_organizer());
    room.pass(60_000);
    assert_eq!(room.rosters(), [vec!["ada", APP], vec!["ada", "bob", APP], vec!["bob", APP], vec![APP]]);
    assert_eq!(room.state(&call).as_deref(), Some("established"));
    assert_eq!(room.request("DELETE", &format!("/communications/calls/{call}"), None).status, 204);
    room.pass(1_000);
    assert_eq!(room.world.ledger(&call).unwrap().ended.as_ref().unwrap().by, EndedBy::Bot);
    assert!(room.world.is_quiet());
}

#[test]
fn all_hear_what_the_bot_plays_and_it_is_observed_once() {
    let mut room = meeting(
        "[[meetings.people]]\nuser = \"ada\"\ndoes = [{ hears = \"menu\", presses = \"1\" }]\n\
         [[meetings.people]]\nuser = \"bob\"\ndoes = [{ hears = \"menu\", presses = \"2\" }]",
    );
    let call = room.place(by_organizer());
    room.pass(3_000);
    room.ask(&call, "subscribeToTone", json!({}));
    room.ask(&call, "playPrompt", play(&["menu"], "1"));
    room.pass(300_000);
    assert_eq!(room.saw(|seen| matches!(seen, Seen::PromptBegan { .. })), 1);
    assert_eq!(room.saw(|seen| matches!(seen, Seen::Pressed { sent: true, .. })), 2);
    assert_eq!(room.rosters().len(), 1, "people in a meeting do not lose patience");
    room.request("DELETE", &format!("/communications/calls/{call}"), None);
    room.pass(1_000);
    assert_eq!(room.world.ledger(&call).unwrap().script, Verdict::Fulfilled);
}

#[test]
fn a_lobby_keeps_the_bot_waiting_without_sound() {
    let mut room = meeting("admits = \"20s\"\n[[meetings.people]]\nuser = \"ada\"");
    let call = room.place(by_organizer());
    room.pass(10_000);
    assert_eq!(room.state(&call).as_deref(), Some("established"));
    assert_eq!(room.rosters(), [[APP]]);
    assert_eq!(room.got.last().unwrap().item["resourceData"][0]["isInLobby"], true);
    assert_eq!(code(&room.ask(&call, "playPrompt", play(&["menu"], "1"))), (400, "8503".into()));
    room.pass(15_000);
    assert_eq!(room.rosters()[1..], [vec!["ada", APP]]);
    assert_eq!(room.got.last().unwrap().item["resourceData"][1]["isInLobby"], false);
    assert_eq!(room.ask(&call, "playPrompt", play(&["menu"], "1")).status, 200);
}

#[test]
fn a_bot_that_is_turned_away_or_put_out_is_told() {
    for more in ["turns_away = \"20s\"", "puts_out = \"20s\""] {
        let mut room = meeting(more);
        let call = room.place(by_organizer());
        room.pass(25_000);
        let (change, data) = room.calls().pop().unwrap();
        assert_eq!((change.as_str(), &data["resultInfo"]["subcode"]), ("deleted", &json!(5300)), "{more}");
        assert_eq!(room.world.ledger(&call).unwrap().ended.as_ref().unwrap().by, EndedBy::PutOut);
        assert!(room.world.is_quiet());
    }
}

#[test]
fn a_locked_meeting_and_one_that_is_not_there_cannot_be_joined() {
    let mut room = meeting("is_locked = true");
    assert_eq!(code(&join(&mut room, by_organizer())), (403, "8560".into()));
    let mut other = by_organizer();
    other["chatInfo"]["threadId"] = json!("19:another@thread.v2");
    assert_eq!(code(&join(&mut room, other)), (400, "8523".into()));
    let mut chatless = by_organizer();
    chatless.as_object_mut().unwrap().remove("chatInfo");
    assert_eq!(code(&join(&mut room, chatless)), (400, "8523".into()));
    let mut homeless = by_organizer();
    homeless.as_object_mut().unwrap().remove("tenantId");
    assert_eq!(code(&join(&mut room, homeless)), (400, "8523".into()));
    assert!(room.world.calls().is_empty());
}

#[test]
fn someone_can_be_invited_into_a_meeting() {
    let mut room = meeting("[[meetings.people]]\nuser = \"ada\"");
    let call = room.place(by_organizer());
    room.pass(3_000);
    let number = json!({ "participants": [{ "identity": { "phone": { "id": "+441632960001" } } }] });
    assert_eq!(room.ask(&call, "participants/invite", number).status, 200);
    room.pass(5_000);
    assert_eq!(room.rosters().last().unwrap(), &["ada", "+441632960001", APP]);
}
