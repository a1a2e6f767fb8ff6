//! The bot calls one person.

use serde_json::{Value, json};

use super::room::{APP, CALLBACK, Room, TENANT, answer, call_to, call_to_number, play};
use crate::simulator::{
    contact::{Contact, Rung},
    ledger::Verdict,
    observation::{EndedBy, NotTaken, Seen},
};

const ADA: &str = "8a1d";

fn ada(what: &str) -> Room {
    Room::knowing(&format!("[[contacts]]\nname = \"Ada\"\nuser = \"{ADA}\"\n{what}"))
}

fn end_of(room: &Room) -> (i64, i64) {
    let (change, data) = room.calls().pop().unwrap();
    assert_eq!(change, "deleted");
    (data["resultInfo"]["code"].as_i64().unwrap(), data["resultInfo"]["subcode"].as_i64().unwrap())
}

#[test]
fn the_reply_is_the_call_as_documented() {
    let mut room = Room::new();
    let reply = room.request("POST", "/communications/calls", Some(call_to(&[ADA])));
    let made = reply.body.unwrap();
    assert_eq!((reply.status, reply.lost, reply.late), (201, false, false));
    for (name, value) in [
        ("@odata.type", json!("#microsoft.graph.call")),
        ("state", json!("establishing")),
        ("direction", json!("outgoing")),
        ("callbackUri", json!(CALLBACK)),
        ("tenantId", json!(TENANT)),
        ("resultInfo", Value::Null),
        ("routingPolicies", json!([])),
    ] {
        assert_eq!(made[name], value, "{name}");
    }
    assert_eq!(made["source"]["identity"]["application"]["id"], APP);
    assert_eq!(made["targets"][0]["identity"]["user"]["id"], ADA);
    assert_eq!(made["mediaConfig"]["@odata.type"], "#microsoft.graph.serviceHostedMediaConfig");
    assert!(made["id"].is_string() && made["myParticipantId"].is_string());
}

#[test]
fn a_call_that_is_taken_is_told_step_by_step() {
    for seed in 0..30 {
        let mut room = Room::with(|setup| setup.seed = seed);
        let call = room.place(call_to(&[ADA]));
        assert_eq!(room.state(&call).as_deref(), Some("establishing"));
        room.pass(6_000);
        assert!(room.got.iter().all(|got| got.url == CALLBACK && got.item["changeType"] == "updated"));
        assert_eq!(room.states(), ["establishing", "established", "established", "established", "established"]);
        let told = room.calls();
        assert_eq!(told[1].1["direction"], "outgoing");
        assert!(told[1].1.get("mediaState").is_none());
        assert_eq!(told[2].1["mediaState"]["audio"], "active");
        assert_eq!(room.rosters(), [[ADA, APP]]);
        assert_eq!(room.state(&call).as_deref(), Some("established"));
    }
}

#[test]
fn who_is_unknown_answers_after_three_seconds_and_hangs_up_when_nothing_comes() {
    let mut room = Room::new();
    let call = room.place(call_to(&["stranger"]));
    room.pass(10_000);
    let rings = room.ms_between(|seen| matches!(seen, Seen::Ringing { .. }), |seen| matches!(seen, Seen::Taken { .. }));
    assert_eq!(rings, 3_000);
    room.pass(110_000);
    let ended = room.world.ledger(&call).unwrap().ended.clone().unwrap();
    assert_eq!((ended.by, ended.code, ended.subcode), (EndedBy::Caller, 200, 5002));
    assert!(room.world.is_quiet());
}

#[test]
fn the_person_called_follows_their_script_and_every_action_works() {
    let mut room = ada("answers = \"2s\"\nends = { by = \"person\", recordings = 1 }\n\
         does = [{ hears = \"menu\", presses = \"1\" }, { hears = \"speak\", speaks = \"3s\", presses = \"#\", hangs_up = true }]");
    let call = room.place(call_to(&[ADA]));
    room.pass(5_000);
    assert_eq!(room.ask(&call, "subscribeToTone", json!({})).status, 200);
    assert_eq!(room.ask(&call, "playPrompt", play(&["menu"], "1")).status, 200);
    room.pass(6_000);
    assert_eq!(room.calls().last().unwrap().1["toneInfo"]["tone"], "tone1");
    assert_eq!(room.ask(&call, "keepAlive", json!({})).status, 200);
    assert_eq!(room.ask(&call, "sendDtmfTones", json!({ "tones": ["tone1"] })).status, 200);
    room.ask(&call, "playPrompt", play(&["speak"], "2"));
    let record = json!({ "maxRecordDurationInSeconds": 20, "stopTones": ["#"] });
    assert_eq!(room.ask(&call, "recordResponse", record).status, 200);
    room.pass(30_000);
    let ledger = room.world.ledger(&call).unwrap();
    assert_eq!(ledger.script, Verdict::Fulfilled, "{:#?}", room.seen);
    assert_eq!((ledger.placed, ledger.rung, ledger.taken, ledger.answers, ledger.recordings), (1, 1, 1, 0, 1));
    assert!(ledger.could_be_answered());
}

#[test]
fn the_person_called_can_be_handed_on_and_the_bot_can_hang_up() {
    let mut room = ada("answers = \"1s\"\n[[contacts]]\nuser = \"bob\"\ndeclines = \"2s\"");
    let call = room.place(call_to(&[ADA]));
    room.pass(5_000);
    let bob = json!({ "transferTarget": { "identity": { "user": { "id": "bob" } } } });
    assert_eq!(room.ask(&call, "transfer", bob).status, 202);
    room.pass(3_000);
    assert_eq!(room.calls().last().unwrap().1["resultInfo"]["subCode"], 7000);
    assert_eq!(room.request("DELETE", &format!("/communications/calls/{call}"), None).status, 204);
    room.pass(1_000);
    assert_eq!(room.states()[room.states().len() - 2..], ["terminating", "deleted"]);
    assert_eq!(room.world.ledger(&call).unwrap().ended.as_ref().unwrap().by, EndedBy::Bot);
}

#[test]
fn a_call_that_is_not_taken_ends_with_what_the_person_did() {
    for (what, why, end, rung, longest) in [
        ("declines = \"4s\"", NotTaken::Declined, (603, 0), 1, 6_000),
        ("busy = true", NotTaken::Busy, (486, 0), 0, 3_000),
        ("ignores = true", NotTaken::NoAnswer, (487, 10_004), 1, 62_000),
        ("unreachable = true", NotTaken::Unreachable, (480, 10_037), 0, 3_000),
    ] {
        let mut room = ada(what);
        let call = room.place(call_to(&[ADA]));
        room.pass(longest);
        assert_eq!(room.states(), ["establishing", "deleted"], "{what}");
        let seen = Seen::NotTaken { to: ADA.into(), why };
        assert_eq!((end_of(&room), room.saw(|one| *one == seen)), (end, 1), "{what}");
        let ledger = room.world.ledger(&call).unwrap();
        assert_eq!((ledger.rung, ledger.could_be_answered()), (rung, rung > 0), "{what}");
        assert_eq!((ledger.ended.as_ref().unwrap().by, &ledger.script), (EndedBy::NotTaken, &Verdict::Fulfilled));
        assert!(room.world.is_quiet());
    }
}

#[test]
fn someone_who_ignores_is_rung_for_a_minute() {
    let mut room = ada("ignores = true");
    room.place(call_to(&[ADA]));
    room.pass(70_000);
    let rings = room.ms_between(|seen| matches!(seen, Seen::Ringing { .. }), |seen| matches!(seen, Seen::NotTaken { .. }));
    assert_eq!(rings, 60_000);
}

#[test]
fn each_time_someone_is_rung_they_do_what_comes_next_and_the_last_repeats() {
    let mut room = ada("rings = [{ ignores = true }, { declines = \"1s\" }, { answers = \"1s\" }]");
    let ends: Vec<_> = (0..4)
        .map(|_| {
            let call = room.place(call_to(&[&ADA.to_uppercase()]));
            room.pass(65_000);
            let state = room.state(&call);
            room.world.hang_up(&call, room.now);
            room.pass(1_000);
            state.unwrap_or_else(|| end_of(&room).0.to_string())
        })
        .collect();
    assert_eq!(ends, ["487", "603", "established", "established"]);
}

#[test]
fn a_number_is_called_from_an_application_instance() {
    let mut room = Room::knowing("[[contacts]]\nphone = \"+441632960001\"\nbusy = true");
    let body = call_to_number("+441632960001");
    let reply = room.request("POST", "/communications/calls", Some(body.clone()));
    assert_eq!(reply.body.unwrap()["source"], body["source"]);
    room.pass(3_000);
    assert_eq!(end_of(&room), (486, 560_486));
}

#[test]
fn the_bot_can_hang_up_while_it_rings() {
    let mut room = ada("answers = \"20s\"");
    let call = room.place(call_to(&[ADA]));
    room.pass(5_000);
    assert_eq!(room.request("DELETE", &format!("/communications/calls/{call}"), None).status, 204);
    room.pass(30_000);
    assert_eq!(room.states(), ["establishing", "terminating", "deleted"]);
    assert_eq!(end_of(&room), (487, 0));
    assert_eq!(room.saw(|seen| matches!(seen, Seen::Taken { .. })), 0);
    assert!(room.world.is_quiet());
}

#[test]
fn a_call_that_is_gone_before_it_rings_could_not_be_answered() {
    let mut room = Room::new();
    let call = room.place(call_to(&[ADA]));
    room.request("DELETE", &format!("/communications/calls/{call}"), None);
    room.pass(5_000);
    let ledger = room.world.ledger(&call).unwrap();
    assert_eq!((ledger.placed, ledger.rung, ledger.could_be_answered()), (1, 0, false));
}

#[test]
fn someone_can_be_led_from_outside() {
    let led = Contact { name: "Whoever".into(), rings: vec![Rung::Led] };
    let mut room = Room::with(|setup| drop(setup.contacts.insert("*".into(), led)));
    let first = room.place(call_to(&["a"]));
    assert!(!room.world.answer(&first, room.now), "it does not ring yet");
    room.pass(10_000);
    assert!(!room.world.press(&first, "1", room.now) && !room.world.hang_up(&first, room.now));
    assert!(room.world.answer(&first, room.now));
    room.pass(3_000);
    room.ask(&first, "subscribeToTone", json!({}));
    assert!(room.world.press(&first, "7", room.now));
    room.pass(200_000);
    assert_eq!(room.saw(|seen| *seen == Seen::Pressed { key: '7', sent: true }), 1);
    assert_eq!(room.state(&first).as_deref(), Some("established"), "whoever is led has patience");
    assert!(room.world.hang_up(&first, room.now));

    let handed_on = room.connected("");
    room.ask(&handed_on, "transfer", json!({ "transferTarget": { "identity": { "user": { "id": "c" } } } }));
    room.pass(5_000);
    assert_eq!(room.saw(|seen| *seen == Seen::TransferAnswered { to: "c".into() }), 1);

    let second = room.place(call_to(&["b"]));
    room.pass(1_000);
    assert!(room.world.decline(&second, room.now));
    assert!(!room.world.decline(&second, room.now));
    room.pass(1_000);
    assert_eq!(end_of(&room), (603, 0));
}

#[test]
fn the_calls_that_the_bot_placed_are_known_with_their_addresses() {
    let mut room = Room::new();
    let came = room.ring("");
    room.ask(&came, "answer", answer());
    let placed = room.place(call_to(&[ADA]));
    assert_eq!(room.world.calls(), [came, placed.clone()]);
    let known = room.world.placed();
    assert_eq!((known.len(), &known[0].call, &known[0].to[0]), (1, &placed, &ADA.to_owned()));
    assert_eq!(known[0].callback_uri, CALLBACK);
}

#[test]
fn a_fine_transfer_tells_what_the_person_did() {
    for (fine, what, code, subcode) in [
        ("", "busy = true", 486, 560_486),
        ("", "unreachable = true", 480, 10_037),
        ("fine_transfers = true\n", "declines = \"1s\"", 603, 0),
        ("fine_transfers = true\n", "ignores = true", 487, 10_004),
    ] {
        let mut room = Room::new();
        let call = room.connected(&format!("{fine}people.a = {{ {what} }}"));
        room.ask(&call, "transfer", json!({ "transferTarget": { "identity": { "user": { "id": "a" } } } }));
        room.pass(25_000);
        let result = &room.calls().pop().unwrap().1["resultInfo"];
        assert_eq!((&result["code"], &result["subCode"]), (&json!(code), &json!(subcode)), "{what}");
    }
}
