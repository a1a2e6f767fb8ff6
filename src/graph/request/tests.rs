//! What each action asks of Graph, to the letter.

use serde_json::{Value, json};

use super::*;
use crate::{
    call::{GraphCallId, Meeting, Passcode, Placing, action::RejectReason},
    graph::sample,
};

const CALL: &str = "/communications/calls/3b1f0a52-77d4-4c1e-9a60-5f2e8c4d9b07";
const CALLBACK: &str =
    "https://bot.example.org/api/notifications/3b1f0a5277d44c1e9a605f2e8c4d9b07.0000000000000000000000000000beef";

fn built(action: &Action) -> Request {
    build(&sample::call(), 7, action, &BotUrls::new("https://bot.example.org/")).unwrap()
}

fn prompt() -> Sound {
    Sound::Prompt { sha256: "c0ffee".to_owned(), ms: 1200 }
}

/// Checks an action that is a POST with a body.
fn assert_posts(action: &Action, verb: &str, body: Value) {
    let request = built(action);
    assert_eq!((request.method, request.path), (Method::Post, format!("{CALL}/{verb}")));
    assert_eq!(request.body, Some(body));
}

#[test]
fn an_answer_names_the_callback_and_the_prompts_to_fetch() {
    let action = Action::Answer { prefetch: vec![prompt(), Sound::Silence { ms: 5000 }] };
    let body = json!({
        "callbackUri": CALLBACK,
        "acceptedModalities": ["audio"],
        "mediaConfig": {
            "@odata.type": "#microsoft.graph.serviceHostedMediaConfig",
            "preFetchMedia": [
                { "uri": "https://bot.example.org/api/prompts/c0ffee.wav", "resourceId": "c0ffee" },
                { "uri": "https://bot.example.org/api/prompts/silence/5000.wav", "resourceId": "silence-5000" },
            ],
        },
    });
    assert_posts(&action, "answer", body);
}

/// The body by which a call is asked for a second time.
fn asked_for(placing: Placing) -> Value {
    let call = Call { graph_id: None, placing: Some(placing), ..sample::call() };
    let action = Action::CreateCall { number: 2, prefetch: vec![prompt()] };
    let request = build(&call, 7, &action, &BotUrls::new("https://bot.example.org")).unwrap();
    assert_eq!((request.method, request.path.as_str()), (Method::Post, "/communications/calls"));
    request.body.unwrap()
}

fn placing(targets: Vec<Target>) -> Placing {
    Placing { targets, source: None, meeting: None, ring_s: 45, request: String::new(), tries: vec![] }
}

#[test]
fn a_call_is_placed_with_a_callback_of_its_own_for_each_request() {
    let ada = "5a0c6d1e-0000-4000-8000-00000000a11c";
    let body = asked_for(placing(vec![Target::User(ada.to_owned())]));
    let expected = json!({
        "@odata.type": "#microsoft.graph.call",
        "callbackUri": format!("{CALLBACK}.2"),
        "requestedModalities": ["audio"],
        "mediaConfig": {
            "@odata.type": "#microsoft.graph.serviceHostedMediaConfig",
            "preFetchMedia": [{ "uri": "https://bot.example.org/api/prompts/c0ffee.wav", "resourceId": "c0ffee" }],
        },
        "tenantId": sample::call().tenant,
        "targets": [{
            "@odata.type": "#microsoft.graph.invitationParticipantInfo",
            "identity": {
                "@odata.type": "#microsoft.graph.identitySet",
                "user": { "@odata.type": "#microsoft.graph.identity", "id": ada },
            },
        }],
    });
    assert_eq!(body, expected);
}

#[test]
fn a_phone_is_called_from_a_resource_account() {
    let source = Some("9e44f6a0-0000-4000-8000-000000000b0b".to_owned());
    let body = asked_for(Placing { source, ..placing(vec![Target::Phone("+4930123456".to_owned())]) });
    let expected = json!({
        "@odata.type": "#microsoft.graph.participantInfo",
        "identity": {
            "@odata.type": "#microsoft.graph.identitySet",
            "applicationInstance": {
                "@odata.type": "#microsoft.graph.identity",
                "id": "9e44f6a0-0000-4000-8000-000000000b0b",
            },
        },
    });
    assert_eq!(body["source"], expected);
    assert_eq!(body["targets"][0]["identity"]["phone"]["id"], "+4930123456");
}

#[test]
fn a_meeting_is_joined_by_its_organiser_and_thread_or_by_its_number() {
    let organised = Meeting::Organised {
        organiser: "o-1".to_owned(),
        tenant: "t-1".to_owned(),
        thread: "19:meeting_x@thread.v2".to_owned(),
        message: "0".to_owned(),
        reply_to: None,
    };
    let body = asked_for(Placing { meeting: Some(organised), ..placing(vec![]) });
    assert_eq!(body["chatInfo"]["threadId"], "19:meeting_x@thread.v2");
    assert_eq!(body["meetingInfo"]["@odata.type"], "#microsoft.graph.organizerMeetingInfo");
    assert_eq!(body["meetingInfo"]["organizer"]["user"]["id"], "o-1");
    assert_eq!(body.get("targets"), None);
    let passcode = Some(Passcode::new("sesame".to_owned()));
    let numbered = Meeting::Numbered { id: "234567890123".to_owned(), passcode };
    let body = asked_for(Placing { meeting: Some(numbered), ..placing(vec![]) });
    let expected = json!({
        "@odata.type": "#microsoft.graph.joinMeetingIdMeetingInfo",
        "joinMeetingId": "234567890123",
        "passcode": "sesame",
    });
    assert_eq!(body["meetingInfo"], expected);
}

#[test]
fn the_other_of_two_calls_is_ended_by_its_own_id() {
    let twin = crate::call::GraphCallId::parse("77d40000000000000000000000000001").unwrap();
    let path = "/communications/calls/77d40000-0000-0000-0000-000000000001".to_owned();
    assert_eq!(built(&Action::HangUpTwin { call: twin }), Request { method: Method::Delete, path, body: None });
}

#[test]
fn a_rejection_gives_its_reason_in_small_letters() {
    let reasons = [(RejectReason::None, "none"), (RejectReason::Busy, "busy"), (RejectReason::Forbidden, "forbidden")];
    for (reason, word) in reasons {
        assert_posts(&Action::Reject { reason }, "reject", json!({ "reason": word, "callbackUri": CALLBACK }));
    }
}

#[test]
fn a_redirect_rings_each_target() {
    let targets = vec![
        Target::User("5a0c6d1e-0000-4000-8000-00000000a11c".to_owned()),
        Target::Phone("+4930123456".to_owned()),
        Target::ApplicationInstance("9e44f6a0-0000-4000-8000-000000000b0b".to_owned()),
    ];
    let target = |member: &str, id: &str| {
        json!({
            "@odata.type": "#microsoft.graph.invitationParticipantInfo",
            "identity": {
                "@odata.type": "#microsoft.graph.identitySet",
                member: { "@odata.type": "#microsoft.graph.identity", "id": id },
            },
        })
    };
    let body = json!({
        "targets": [
            target("user", "5a0c6d1e-0000-4000-8000-00000000a11c"),
            target("phone", "+4930123456"),
            target("applicationInstance", "9e44f6a0-0000-4000-8000-000000000b0b"),
        ],
        "timeout": 40,
        "callbackUri": CALLBACK,
    });
    assert_posts(&Action::Redirect { targets, timeout_s: 40 }, "redirect", body);
}

#[test]
fn prompts_are_played_in_order_under_one_context() {
    let action = Action::PlayPrompt { sounds: vec![prompt(), Sound::Silence { ms: 250 }] };
    let body = json!({
        "prompts": [
            {
                "@odata.type": "#microsoft.graph.mediaPrompt",
                "mediaInfo": { "uri": "https://bot.example.org/api/prompts/c0ffee.wav", "resourceId": "c0ffee" },
            },
            {
                "@odata.type": "#microsoft.graph.mediaPrompt",
                "mediaInfo": { "uri": "https://bot.example.org/api/prompts/silence/250.wav", "resourceId": "silence-250" },
            },
        ],
        "clientContext": "3b1f0a5277d44c1e9a605f2e8c4d9b07:7",
    });
    assert_posts(&action, "playPrompt", body);
}

fn record(prompt: Option<Sound>, stop_keys: &str) -> Action {
    let stop_keys = stop_keys.chars().map(|c| c.try_into().unwrap()).collect();
    Action::RecordResponse { prompt, beep: true, longest_s: 90, first_silence_s: 8, silence_s: 4, stop_keys }
}

#[test]
fn a_recording_is_stopped_by_characters_not_by_names_of_tones() {
    let body = json!({
        "prompts": [{
            "@odata.type": "#microsoft.graph.mediaPrompt",
            "mediaInfo": { "uri": "https://bot.example.org/api/prompts/c0ffee.wav", "resourceId": "c0ffee" },
        }],
        "bargeInAllowed": false,
        "initialSilenceTimeoutInSeconds": 8,
        "maxSilenceTimeoutInSeconds": 4,
        "maxRecordDurationInSeconds": 90,
        "playBeep": true,
        "stopTones": ["#", "*", "1"],
        "clientContext": "3b1f0a5277d44c1e9a605f2e8c4d9b07:7",
    });
    assert_posts(&record(Some(prompt()), "*#1"), "recordResponse", body);
}

#[test]
fn a_recording_may_begin_without_a_prompt_and_end_without_a_key() {
    let body = built(&record(None, "")).body.unwrap();
    assert_eq!((&body["prompts"], &body["stopTones"]), (&json!([]), &json!([])));
}

#[test]
fn tones_and_cancelling_carry_the_context_alone() {
    let body = json!({ "clientContext": "3b1f0a5277d44c1e9a605f2e8c4d9b07:7" });
    assert_posts(&Action::SubscribeToTone, "subscribeToTone", body.clone());
    assert_posts(&Action::CancelMediaProcessing, "cancelMediaProcessing", body);
}

#[test]
fn a_transfer_names_whom_the_call_goes_to_and_no_context() {
    let body = json!({
        "transferTarget": {
            "@odata.type": "#microsoft.graph.invitationParticipantInfo",
            "identity": {
                "@odata.type": "#microsoft.graph.identitySet",
                "phone": { "@odata.type": "#microsoft.graph.identity", "id": "+4930123456" },
            },
        },
    });
    assert_posts(&Action::Transfer { to: Target::Phone("+4930123456".to_owned()) }, "transfer", body);
}

#[test]
fn what_says_all_in_its_path_has_no_body() {
    let bare = |method, path: String| Request { method, path, body: None };
    assert_eq!(built(&Action::KeepAlive), bare(Method::Post, format!("{CALL}/keepAlive")));
    assert_eq!(built(&Action::HangUp), bare(Method::Delete, CALL.to_owned()));
    assert_eq!(built(&Action::GetCall), bare(Method::Get, CALL.to_owned()));
    assert_eq!(built(&Action::ListParticipants), bare(Method::Get, format!("{CALL}/participants")));
}

#[test]
fn nothing_is_asked_for_a_call_that_graph_has_not_named() {
    let call = Call { graph_id: None, ..sample::call() };
    assert_eq!(build(&call, 1, &Action::HangUp, &BotUrls::new("https://bot.example.org")), None);
}

#[test]
fn keeping_a_recording_is_no_request_to_the_api() {
    let token = crate::call::RecordingToken::new("sesame".to_owned());
    let action = Action::KeepRecording { recording: 3, location: "https://media.example.org/3".to_owned(), token };
    assert_eq!(build(&sample::call(), 4, &action, &BotUrls::new("https://bot.example.org")), None);
}

#[test]
fn a_request_that_is_printed_shows_no_callback() {
    let printed = format!("{:?}", built(&Action::Answer { prefetch: vec![] }));
    assert_eq!(printed, format!("Post {CALL}/answer"));
}

const SOMEBODY: &str = "7d501bf1-5ee4-4605-ba92-0ae4513c611c";

fn somebody() -> ParticipantId {
    ParticipantId::parse(SOMEBODY).unwrap()
}

fn context() -> Value {
    json!({ "clientContext": "3b1f0a5277d44c1e9a605f2e8c4d9b07:7" })
}

#[test]
fn somebody_is_invited_alone_and_perhaps_out_of_another_call() {
    let id = "5a0c6d1e-0000-4000-8000-00000000a11c";
    let mut invited = json!({
        "@odata.type": "#microsoft.graph.invitationParticipantInfo",
        "identity": {
            "@odata.type": "#microsoft.graph.identitySet",
            "user": { "@odata.type": "#microsoft.graph.identity", "id": id },
        },
    });
    let to = Target::User(id.to_owned());
    let body = |invited: &Value| json!({ "participants": [invited], "clientContext": context()["clientContext"] });
    assert_posts(&Action::Invite { to: to.clone(), replaces: None }, "participants/invite", body(&invited));
    let other = "a7ebfb2d-871e-419c-87af-27290b22e8db";
    invited["replacesCallId"] = json!(other);
    let replaces = GraphCallId::parse(other).ok();
    assert_posts(&Action::Invite { to, replaces }, "participants/invite", body(&invited));
}

#[test]
fn what_is_done_with_somebody_is_asked_at_their_own_address() {
    let participant = somebody();
    let at = |verb: &str| format!("participants/{SOMEBODY}/{verb}");
    assert_posts(&Action::Mute { participant: Some(participant.clone()) }, &at("mute"), context());
    assert_posts(&Action::Unhold { participant: participant.clone() }, &at("stopHoldMusic"), context());
    assert_posts(&Action::Hold { participant: participant.clone(), prompt: None }, &at("startHoldMusic"), context());
    let mut body = context();
    body["customPrompt"] = json!({
        "@odata.type": "#microsoft.graph.mediaPrompt",
        "mediaInfo": { "uri": "https://bot.example.org/api/prompts/c0ffee.wav", "resourceId": "c0ffee" },
    });
    assert_posts(&Action::Hold { participant: participant.clone(), prompt: Some(prompt()) }, &at("startHoldMusic"), body);
    let removal = built(&Action::Remove { participant });
    assert_eq!((removal.method, removal.path, removal.body), (Method::Delete, format!("{CALL}/participants/{SOMEBODY}"), None));
}

#[test]
fn the_bot_is_muted_and_heard_again_at_the_call_itself() {
    assert_posts(&Action::Mute { participant: None }, "mute", context());
    assert_posts(&Action::Unmute, "unmute", context());
}

#[test]
fn keys_are_sent_by_graphs_names_for_them() {
    let keys = "09*#A".chars().map(|key| Key::try_from(key).unwrap()).collect();
    let mut body = context();
    body["tones"] = json!(["tone0", "tone9", "star", "pound", "a"]);
    body["delayBetweenTonesMs"] = json!(300);
    assert_posts(&Action::SendTones { keys, pause_ms: 300 }, "sendDtmfTones", body);
}
