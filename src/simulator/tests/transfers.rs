//! The caller is handed to someone.

use serde_json::{Value, json};

use super::room::{Room, play};
use crate::simulator::{
    ledger::Verdict,
    observation::{EndedBy, Seen},
};

fn to_user(id: &str) -> Value {
    json!({ "transferTarget": { "endpointType": "default", "identity": { "user": { "id": id } } } })
}

fn states(room: &Room) -> Vec<String> {
    let states = room.calls().into_iter().filter_map(|(_, data)| Some(data["state"].as_str()?.to_lowercase()));
    states.skip_while(|state| state != "transferring").collect()
}

#[test]
fn a_transfer_that_is_answered_ends_the_call() {
    let mut room = Room::new();
    let call = room.connected("people.\"550f\" = { answers = \"4s\" }\n[ends]\nby = \"transfer\"");
    room.ask(&call, "playPrompt", play(&["menu"], "1"));
    assert_eq!(room.ask(&call, "transfer", to_user("550F")).status, 202);
    assert_eq!(room.operations()[0]["resultInfo"]["subcode"], 8508);
    room.pass(3_000);
    assert_eq!(room.state(&call).as_deref(), Some("transferring"));
    room.pass(3_000);
    assert_eq!(states(&room), ["transferring", "transferaccepted", "terminated"]);
    let (change, data) = room.calls().pop().unwrap();
    assert_eq!((change.as_str(), &data["resultInfo"]["subcode"]), ("deleted", &json!(7015)));
    let ledger = room.world.ledger(&call).unwrap();
    assert_eq!(ledger.transfers, 1);
    assert_eq!(ledger.ended.as_ref().unwrap().by, EndedBy::Transfer);
    assert_eq!(ledger.script, Verdict::Fulfilled);
}

#[test]
fn a_transfer_that_fails_brings_the_caller_back() {
    for (people, subcode, after) in
        [("people.a = { declines = \"2s\" }", 7000, 2_500), ("people.a = { ignores = true }", 7700, 20_500)]
    {
        let mut room = Room::new();
        let call = room.connected(people);
        room.ask(&call, "transfer", to_user("a"));
        room.pass(after);
        let (change, data) = room.calls().pop().unwrap();
        assert_eq!(change, "updated");
        assert!(data["state"].as_str().unwrap().eq_ignore_ascii_case("established"));
        assert_eq!((&data["resultInfo"]["code"], &data["resultInfo"]["subCode"]), (&json!(500), &json!(subcode)));
        assert_eq!(room.ask(&call, "playPrompt", play(&["menu"], "1")).status, 200);
        let shown = room.request("GET", &format!("/communications/calls/{call}"), None).body.unwrap();
        assert_eq!(shown["resultInfo"]["subCode"], subcode);
    }
}

#[test]
fn someone_unknown_answers() {
    let mut room = Room::new();
    let call = room.connected("");
    room.ask(&call, "transfer", to_user("stranger"));
    room.pass(5_000);
    assert_eq!(room.saw(|seen| matches!(seen, Seen::TransferAnswered { .. })), 1);
}

#[test]
fn a_second_transfer_conflicts_with_the_first_and_no_sound_is_played_meanwhile() {
    let mut room = Room::new();
    let call = room.connected("people.a = { ignores = true }");
    room.ask(&call, "transfer", to_user("a"));
    let second = room.ask(&call, "transfer", to_user("a"));
    assert_eq!((second.status, &second.body.unwrap()["error"]["code"]), (409, &json!("8607")));
    let sound = room.ask(&call, "playPrompt", play(&["menu"], "1"));
    assert_eq!(sound.body.unwrap()["error"]["code"], "8501");
    assert_eq!(room.world.ledger(&call).unwrap().transfers, 1);
}

#[test]
fn a_number_can_be_reached_only_from_an_application_instance() {
    let number = json!({ "transferTarget": { "identity": { "phone": { "id": "+441632960001" } } } });
    let mut room = Room::new();
    let call = room.connected("");
    assert_eq!(room.ask(&call, "transfer", number.clone()).body.unwrap()["error"]["code"], "7507");
    let call = room.connected("instance = \"77aa\"");
    assert_eq!(room.ask(&call, "transfer", number).status, 202);
}

#[test]
fn the_caller_may_hang_up_meanwhile() {
    let mut room = Room::new();
    let call = room.connected("people.a = { ignores = true }");
    room.ask(&call, "transfer", to_user("a"));
    room.pass(1_000);
    room.world.hang_up(&call, room.now);
    room.pass(30_000);
    assert_eq!(room.world.ledger(&call).unwrap().ended.as_ref().unwrap().by, EndedBy::Caller);
    assert!(room.world.is_quiet());
}
