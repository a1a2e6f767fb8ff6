//! What the bot is told, as it would read it.

use serde_json::{Value, json};

use super::room::{CALLBACK, Room, answer, play};
use crate::simulator::{
    observation::{EndedBy, Seen},
    wire::Posted,
};

fn id_in(address: &Value) -> String {
    let address = address.as_str().unwrap().trim_start_matches('/');
    let id = address.strip_prefix("communications/calls/").unwrap().split('/').next().unwrap();
    id.replace('-', "").to_lowercase()
}

/// Runs something under many seeds, for the variety of what is written.
fn under_seeds(check: impl Fn(Room)) {
    for seed in 0..40 {
        check(Room::with(|setup| setup.seed = seed));
    }
}

#[test]
fn an_incoming_call_names_itself_its_caller_and_its_target() {
    under_seeds(|mut room| {
        let call = room.ring("caller = { user = \"8a34\", name = \"Ada\" }\ninstance = \"77aa\"");
        assert_eq!(room.bodies[0]["@odata.type"], "#microsoft.graph.commsNotifications");
        let item = &room.got[0].item;
        assert_eq!(item["changeType"], "created");
        assert_eq!(id_in(&item["resourceUrl"]), call.replace('-', ""));
        let data = &item["resourceData"];
        assert!(data["state"].as_str().unwrap().eq_ignore_ascii_case("incoming"));
        assert_eq!(data["direction"], "incoming");
        assert_eq!(data["source"]["identity"]["user"]["id"], "8a34");
        assert_eq!(data["source"]["identity"]["user"]["displayName"], "Ada");
        assert_eq!(data["targets"][0]["identity"]["applicationInstance"]["id"], "77aa");
    });
}

#[test]
fn a_telephone_caller_and_the_bot_itself_as_target() {
    let mut room = Room::new();
    room.ring("caller = { phone = \"+441632960000\" }");
    let data = &room.got[0].item["resourceData"];
    assert_eq!(data["source"]["identity"]["phone"]["id"], "+441632960000");
    let target = &data["targets"][0]["identity"]["application"]["id"];
    assert_eq!(target, "2891555a-92ff-42e6-80fa-6e1300c6b5c6");
}

#[test]
fn an_answered_call_is_told_step_by_step_to_its_own_address() {
    under_seeds(|mut room| {
        room.connected("");
        let told = &room.got[1..];
        assert!(told.iter().all(|got| got.url == CALLBACK && got.item["changeType"] == "updated"));
        let states: Vec<_> =
            told[..5].iter().map(|got| got.item["resourceData"]["state"].as_str().unwrap().to_lowercase()).collect();
        assert_eq!(states, ["establishing", "established", "established", "established", "established"]);
        let data = |n: usize| &told[n].item["resourceData"];
        assert!(data(1).get("mediaState").is_none());
        assert_eq!(data(2)["mediaState"]["audio"], "active");
        assert_eq!(data(3)["chatInfo"]["messageId"], "0");
        assert!(data(4)["meetingInfo"]["token"].is_string());
        assert!(told[..5].iter().all(|got| got.item["resourceData"].get("id").is_none()));
        let roster = &told[5].item;
        assert!(roster["resourceUrl"].as_str().unwrap().ends_with("/participants"));
        assert_eq!(roster["resourceData"].as_array().unwrap().len(), 2);
    });
}

#[test]
fn the_platform_writes_in_more_than_one_way() {
    let mut ways = std::collections::BTreeSet::new();
    for seed in 0..40 {
        let mut room = Room::with(|setup| setup.seed = seed);
        room.connected("");
        let item = &room.got[1].item;
        ways.insert((
            item.get("resource").is_some(),
            item["resourceUrl"].as_str().unwrap().starts_with('/'),
            item["resourceUrl"].as_str().unwrap().contains('-'),
            item["resourceData"]["state"] == "Establishing",
            room.bodies.len() < room.got.len(),
        ));
    }
    assert!(ways.len() > 6, "{ways:?}");
}

#[test]
fn the_legacy_first_post_is_repeated_in_graphs_shape_once_the_bot_says_204() {
    let mut room = Room::with(|setup| setup.legacy_first = true);
    room.answers = Posted::Answered(204);
    let call = room.ring("");
    assert_eq!(room.bodies[0]["callState"], "incoming");
    assert_eq!(room.bodies[0]["id"], call);
    assert!(room.bodies[0].get("value").is_none());
    assert_eq!(room.got.len(), 1);
    assert_eq!(room.ask(&call, "answer", answer()).status, 202);
}

#[test]
fn a_post_that_fails_is_repeated_and_one_that_is_refused_is_not() {
    let mut room = Room::new();
    room.answers = Posted::Failed;
    room.ring("");
    room.pass(4_500);
    assert_eq!(room.bodies.len(), 4);
    let mut room = Room::new();
    room.answers = Posted::Answered(403);
    room.ring("");
    room.pass(4_500);
    assert_eq!(room.bodies.len(), 1);
    assert_eq!(room.saw(|seen| *seen == Seen::Undelivered { status: 403 }), 1);
}

#[test]
fn a_call_that_is_not_taken_in_time_ends() {
    let mut deaf = Room::new();
    deaf.answers = Posted::Answered(500);
    let call = deaf.ring("");
    deaf.pass(6_000);
    let ended = deaf.world.ledger(&call).unwrap().ended.clone().unwrap();
    assert_eq!((ended.by, ended.subcode), (EndedBy::Platform, 8586));

    let mut slow = Room::new();
    let call = slow.ring("");
    slow.pass(16_000);
    let ended = slow.world.ledger(&call).unwrap().ended.clone().unwrap();
    assert_eq!((ended.by, ended.subcode), (EndedBy::Platform, 8587));
    let (change, data) = slow.calls().pop().unwrap();
    assert_eq!((change.as_str(), &data["resultInfo"]["subcode"]), ("deleted", &json!(8587)));
}

#[test]
fn tones_are_told_only_after_a_subscription_with_rising_numbers_not_from_one() {
    let mut room = Room::new();
    let call = room.connected("");
    assert!(room.world.press(&call, "5", room.now));
    room.deliver();
    let reply = room.ask(&call, "subscribeToTone", json!({ "clientContext": "c" }));
    assert_eq!(reply.body.as_ref().unwrap()["status"], "completed");
    assert_eq!(reply.body.as_ref().unwrap()["clientContext"], "c");
    assert!(room.world.press(&call, "1#*", room.now));
    room.deliver();
    let tones: Vec<_> = room
        .calls()
        .into_iter()
        .filter_map(|(_, data)| data.get("toneInfo").cloned())
        .map(|tone| (tone["sequenceId"].as_i64().unwrap(), tone["tone"].as_str().unwrap().to_owned()))
        .collect();
    let names: Vec<_> = tones.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, ["tone1", "pound", "star"]);
    assert!(tones[0].0 > 1 && tones.windows(2).all(|two| two[0].0 < two[1].0));
    assert_eq!(room.saw(|seen| matches!(seen, Seen::Pressed { key: '5', sent: false })), 1);
}

#[test]
fn a_finished_prompt_names_its_operation_and_context() {
    under_seeds(|mut room| {
        let call = room.connected("");
        let reply = room.ask(&call, "playPrompt", play(&["menu"], "key:7"));
        let operation = reply.body.unwrap();
        assert_eq!(operation["status"], "running");
        room.pass(4_100);
        let item = &room.got.last().unwrap().item;
        let data = &item["resourceData"];
        assert_eq!(item["changeType"], "deleted");
        assert_eq!(data["clientContext"], "key:7");
        assert!(data["status"].as_str().unwrap().eq_ignore_ascii_case("completed"));
        assert_eq!(data["resultInfo"]["code"], 200);
        let id = operation["id"].as_str().unwrap().replace('-', "");
        let address = item["resourceUrl"].as_str().unwrap().replace('-', "").to_lowercase();
        assert!(address.ends_with(&format!("/operations/{id}")));
        assert!(data.get("id").is_none_or(|written| *written == operation["id"]));
    });
}
