//! Which calls the bot may not place.

use serde_json::{Value, json};

use super::room::{Room, TENANT, call_to, call_to_number};
use crate::simulator::{observation::Seen, wire::Reply};

fn ask(room: &mut Room, body: Value) -> Reply {
    room.request("POST", "/communications/calls", Some(body))
}

fn code(reply: &Reply) -> (u16, String) {
    (reply.status, reply.body.as_ref().unwrap()["error"]["code"].as_str().unwrap_or_default().to_owned())
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

fn without(mut body: Value, member: &str) -> Value {
    body.as_object_mut().unwrap().remove(member);
    body
}

fn with(mut body: Value, member: &str, value: Value) -> Value {
    body[member] = value;
    body
}

#[test]
fn a_body_must_be_complete_and_well_formed() {
    let one = || call_to(&["a"]);
    let user = json!({ "identity": { "user": { "id": "a" } } });
    let phone = json!({ "identity": { "phone": { "id": "+441632960001" } } });
    let app_hosted = json!({ "@odata.type": "#microsoft.graph.appHostedMediaConfig", "blob": "x" });
    let incoming = json!({ "@odata.type": "#microsoft.graph.incomingCallOptions" });
    let unknown = json!({ "@odata.type": "#microsoft.graph.outgoingCallOptions", "isLoud": true });
    let meeting = json!({ "@odata.type": "#microsoft.graph.joinMeetingIdMeetingInfo", "joinMeetingId": "1" });
    let mut room = Room::new();
    for body in [
        json!({}),
        json!([]),
        without(one(), "callbackUri"),
        without(one(), "mediaConfig"),
        without(one(), "requestedModalities"),
        without(one(), "targets"),
        with(one(), "callbackUri", json!("http://bot.example/x")),
        with(one(), "mediaConfig", app_hosted),
        with(one(), "requestedModalities", json!(["video"])),
        with(one(), "targets", json!([])),
        with(one(), "targets", json!(vec![user.clone(); 6])),
        with(one(), "targets", json!([user, phone])),
        with(one(), "targets", json!([{ "identity": {} }])),
        with(one(), "direction", json!("incoming")),
        with(one(), "callOptions", incoming),
        with(one(), "callOptions", unknown),
        with(one(), "target", json!([])),
        with(one(), "clientContext", json!("c")),
        with(one(), "meetingInfo", meeting),
        without(call_to_number("+441632960001"), "tenantId"),
        call_to_number("0800"),
    ] {
        assert_eq!(code(&ask(&mut room, body.clone())), refused(400, "8523"), "{body}");
    }
    assert_eq!(room.saw(|seen| matches!(seen, Seen::Refused { action, .. } if action == "create")), 21);
    assert!(room.world.calls().is_empty() && room.got.is_empty());
}

#[test]
fn what_the_documentation_sends_passes() {
    let mut body = call_to(&["a"]);
    body["callOptions"] =
        json!({ "@odata.type": "#microsoft.graph.outgoingCallOptions", "isContentSharingNotificationEnabled": true });
    body["direction"] = json!("outgoing");
    body["subject"] = json!("An alarm");
    body["routingPolicies"] = json!([]);
    body["activeModalities"] = json!([]);
    body["callbackUri"] = json!("http://127.0.0.1:7071/api/notifications/c1.secret");
    let reply = ask(&mut Room::new(), body);
    assert_eq!((reply.status, &reply.body.unwrap()["subject"]), (201, &json!("An alarm")));
}

#[test]
fn a_number_needs_a_source_that_is_the_bots() {
    let mut room = Room::with(|setup| setup.instances = vec!["77AA".into()]);
    let number = || call_to_number("+441632960001");
    assert_eq!(ask(&mut room, number()).status, 201);
    let other = json!({ "identity": { "applicationInstance": { "id": "88bb" } } });
    let application = json!({ "identity": { "application": { "id": "somebody else's" } } });
    for body in [without(number(), "source"), with(number(), "source", other), with(call_to(&["a"]), "source", application)] {
        assert_eq!(code(&ask(&mut room, body.clone())), refused(400, "7507"), "{body}");
    }
}

#[test]
fn another_tenant_is_refused() {
    let mut room = Room::new();
    let body = with(call_to(&["a"]), "tenantId", json!("5d1b1f0c-63e4-4f2a-8a0e-7c9d53f0e7aa"));
    assert_eq!(code(&ask(&mut room, body)), refused(403, "7505"));
    assert_eq!(ask(&mut room, with(call_to(&["a"]), "tenantId", json!(TENANT.to_uppercase()))).status, 201);
}

#[test]
fn each_kind_of_call_needs_its_consent() {
    let thread = json!({ "threadId": "19:meeting_a@thread.v2", "messageId": "0" });
    let organizer = json!({
        "@odata.type": "#microsoft.graph.organizerMeetingInfo",
        "organizer": { "user": { "id": "o" } },
        "allowConversationWithoutHost": true,
    });
    let meeting = with(with(without(call_to(&[]), "targets"), "chatInfo", thread), "meetingInfo", organizer);
    let meeting = with(meeting, "tenantId", json!(TENANT));
    for (role, body) in [
        ("Calls.Initiate.All", call_to(&["a"])),
        ("Calls.InitiateGroupCall.All", call_to(&["a", "b"])),
        ("Calls.JoinGroupCall.All", meeting),
    ] {
        let mut room = Room::with(|setup| setup.roles.retain(|granted| granted != role));
        assert_eq!(code(&ask(&mut room, body)), refused(403, "7504"), "{role}");
    }
}

#[test]
fn a_call_too_many_is_refused_until_another_ends() {
    let mut room = Room::with(|setup| setup.most_calls = 2);
    room.ring("");
    let placed = room.place(call_to(&["a"]));
    let reply = ask(&mut room, call_to(&["b"]));
    assert_eq!(code(&reply), refused(429, "8530"));
    assert!(reply.retry_after.is_some_and(|seconds| seconds > 0));
    room.request("DELETE", &format!("/communications/calls/{placed}"), None);
    room.pass(1_000);
    assert_eq!(ask(&mut room, call_to(&["b"])).status, 201);
}
