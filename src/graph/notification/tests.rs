use std::{fs, path::PathBuf};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::call::{CallKey, CallState, Event};

/// The folders of fixtures, in the order of the functions.
const FOLDERS: [&str; 10] = [
    "incoming_call",
    "call_updated",
    "tone_received",
    "prompt_finished",
    "recording_finished",
    "operation_finished",
    "participants_updated",
    "call_ended",
    "other",
    "legacy",
];

struct Fixture {
    name: String,
    body: String,
    expected: Value,
}

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/tests/fixtures").join(name)
}

fn fixtures(of: &str) -> Vec<Fixture> {
    let mut fixtures: Vec<Fixture> = fs::read_dir(folder(of))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "json") && !path.to_string_lossy().contains(".expected."))
        .map(|path| Fixture {
            name: format!("{of}/{}", path.file_stem().unwrap().to_string_lossy()),
            body: fs::read_to_string(&path).unwrap(),
            expected: fs::read(path.with_extension("expected.json"))
                .map_or(Value::Null, |text| serde_json::from_slice(&text).unwrap()),
        })
        .collect();
    fixtures.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(!fixtures.is_empty(), "{of} holds no fixture");
    fixtures
}

/// Each notification of every fixture, by itself.
fn notifications() -> Vec<Value> {
    let of_fixture = |fixture: Fixture| match serde_json::from_str::<Value>(&fixture.body).unwrap()["value"].take() {
        Value::Array(items) => items,
        _ => Vec::new(),
    };
    FOLDERS.into_iter().flat_map(fixtures).flat_map(of_fixture).collect()
}

fn items(body: &[u8], key: Option<&CallKey>) -> Vec<Item> {
    match read(body, key).unwrap() {
        Post::Batch(items) => items,
        post => panic!("no batch: {post:?}"),
    }
}

fn post(items: &[Value]) -> Vec<u8> {
    serde_json::to_vec(&json!({ "@odata.type": "#microsoft.graph.commsNotifications", "value": items })).unwrap()
}

fn only(item: Value) -> Item {
    items(&post(&[item]), None).remove(0)
}

fn shown(item: &Item) -> Value {
    let call = item.call.as_ref().map(|call| call.as_str());
    match &item.reading {
        Reading::Event(event) => json!({ "call": call, "event": event }),
        Reading::Other(what) => json!({ "call": call, "other": what }),
        Reading::Unreadable(why) => json!({ "call": call, "unreadable": why }),
    }
}

fn check_folder(name: &str) {
    for fixture in fixtures(name) {
        let read: Vec<Value> = items(fixture.body.as_bytes(), None).iter().map(shown).collect();
        assert_eq!(Value::Array(read.clone()), fixture.expected, "{}", fixture.name);
        let is_named_so = |item: &Value| item["event"]["event"] == name || (name == "other" && item["other"].is_string());
        assert!(read.iter().all(is_named_so), "{} is in the wrong folder", fixture.name);
    }
}

#[test]
fn a_ring_is_read_as_an_incoming_call() {
    check_folder("incoming_call");
}

#[test]
fn a_change_of_state_or_media_is_read_as_a_call_update() {
    check_folder("call_updated");
}

#[test]
fn a_key_press_is_read_as_a_tone_whatever_else_stands_beside_it() {
    check_folder("tone_received");
}

#[test]
fn the_end_of_a_prompt_is_read_with_whether_it_was_played() {
    check_folder("prompt_finished");
}

#[test]
fn the_end_of_a_recording_is_read_with_where_it_is() {
    check_folder("recording_finished");
}

#[test]
fn the_end_of_any_other_operation_is_read_with_whether_it_was_done() {
    check_folder("operation_finished");
}

#[test]
fn a_whole_roster_is_read_as_participants() {
    check_folder("participants_updated");
}

#[test]
fn only_a_deleted_call_has_ended() {
    check_folder("call_ended");
}

#[test]
fn what_is_of_no_use_is_named_and_is_no_event() {
    check_folder("other");
}

#[test]
fn every_folder_of_fixtures_is_read_here() {
    let mut there: Vec<String> = fs::read_dir(folder(""))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    let mut known = FOLDERS.map(str::to_owned).to_vec();
    there.sort();
    known.sort();
    assert_eq!(there, known);
}

#[test]
fn the_form_of_the_older_api_is_known_by_what_it_lacks() {
    for fixture in fixtures("legacy") {
        assert_eq!(read(fixture.body.as_bytes(), None), Ok(Post::Legacy), "{}", fixture.name);
    }
}

#[test]
fn a_post_without_a_body_is_empty() {
    for body in ["", " ", "\r\n\t", "\u{feff}"] {
        assert_eq!(read(body.as_bytes(), None), Ok(Post::Empty), "{body:?}");
    }
}

#[test]
fn a_post_of_no_items_is_a_batch_of_none() {
    assert_eq!(read(b"{\"value\":[]}", None), Ok(Post::Batch(Vec::new())));
}

#[test]
fn what_is_no_post_of_graph_is_refused_without_repeating_it() {
    for (body, expected) in [
        ("{\"value\":[", "line 1, column 10"),
        ("{\"value\":\"opensesame\"}", "line 1, column 21"),
        ("{\"value\":[]} opensesame", "line 1, column 14"),
        ("[]", "line 1, column 2"),
        ("{}", "neither"),
        ("{\"value\":null,\"id\":\"opensesame\"}", "neither"),
    ] {
        let error = read(body.as_bytes(), None).unwrap_err().to_string();
        assert!(error.contains(expected) && !error.contains("sesame"), "{body}: {error}");
    }
}

#[test]
fn more_notifications_than_are_taken_are_refused_as_a_whole() {
    let one = json!({ "changeType": "deleted", "resourceUrl": "/communications/calls/c0de" });
    assert_eq!(items(&post(&vec![one.clone(); MOST_ITEMS]), None).len(), MOST_ITEMS);
    let error = read(&post(&vec![one; MOST_ITEMS + 1]), None).unwrap_err();
    assert_eq!(error, Unreadable::TooMany(MOST_ITEMS + 1));
}

#[test]
fn an_item_too_deep_to_read_spoils_no_other() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let body = format!(
        r#"{{"value":[{{"changeType":"updated","resourceData":{deep}}},{{"changeType":"deleted","resourceUrl":"/communications/calls/c0de"}}]}}"#
    );
    let read = items(body.as_bytes(), None);
    assert!(matches!(read[0].reading, Reading::Unreadable(_)));
    assert_eq!(read[1].reading, Reading::Event(Event::CallEnded { result: None }));
}

#[test]
fn bytes_of_another_alphabet_spoil_the_name_they_stand_in_and_nothing_else() {
    let mut body = br#"{"value":[{"changeType":"updated","resourceUrl":"/communications/calls/c0de",
        "resourceData":{"state":"established","source":{"identity":{"user":{"displayName":"Zo?"}}}}}]}"#
        .to_vec();
    let odd = body.iter().position(|byte| *byte == b'?').unwrap();
    body[odd] = 0xEB;
    let read = items(&body, None);
    assert!(
        matches!(&read[0].reading, Reading::Event(Event::CallUpdated(update)) if update.state == Some(CallState::Established))
    );
}

#[test]
fn what_cannot_be_read_says_why() {
    let call = "/communications/calls/c0de";
    for (item, expected) in [
        (json!({ "changeType": "updated" }), "resourceUrl"),
        (json!({ "changeType": "updated", "resourceUrl": "/users/1" }), "resourceUrl"),
        (json!({ "changeType": "renamed", "resourceUrl": call }), "changeType"),
        (json!({ "changeType": 1, "resourceUrl": call }), "changeType"),
        (
            json!({ "changeType": "updated", "resourceUrl": call, "resourceData": { "toneInfo": { "tone": "tone1" } } }),
            "sequenceId",
        ),
        (json!({ "changeType": "updated", "resourceUrl": format!("{call}/participants"), "resourceData": {} }), "no list"),
        (json!("a text"), "resourceUrl"),
    ] {
        match only(item.clone()).reading {
            Reading::Unreadable(why) => assert!(why.contains(expected), "{item}: {why}"),
            reading => panic!("{item}: {reading:?}"),
        }
    }
}

#[test]
fn a_context_is_ours_only_with_the_key_of_this_call() {
    let key = CallKey::parse("OUR-own_key").unwrap();
    let n = |context: &str, key: Option<&CallKey>| {
        let item = json!({ "changeType": "deleted", "resourceUrl": "/communications/calls/C0-DE/operations/1",
            "resourceData": { "@odata.type": "#microsoft.graph.playPromptOperation", "status": "completed", "clientContext": context } });
        match items(&post(&[item]), key).remove(0).reading {
            Reading::Event(Event::PromptFinished(finished)) => finished.n,
            reading => panic!("{reading:?}"),
        }
    };
    assert_eq!(n("ourown_key:12", Some(&key)), Some(12));
    assert_eq!(n("OUROWN_KEY:0", Some(&key)), Some(0));
    assert_eq!(n("c0de:12", Some(&key)), None);
    assert_eq!(n("c0de:12", None), Some(12));
    assert_eq!(n("another:12", None), None);
    for context in ["c0de", "c0de:", "c0de:-1", "c0de:+1", "c0de: 1", "c0de:4294967296", ":1", "c0de:1:2", "c0de:1x"] {
        assert_eq!(n(context, None), None, "{context}");
    }
}

#[test]
fn the_reply_to_get_is_read_like_a_notification() {
    let update =
        call_update(&json!({ "id": "C0-DE", "state": "Established", "mediaState": { "audio": "inactive" }, "resultInfo": null }));
    assert_eq!(update.call.unwrap().as_str(), "c0de");
    assert_eq!((update.state, update.audio_active, update.result), (Some(CallState::Established), Some(false), None));
    assert_eq!(call_update(&json!([])), crate::call::Update::default());
}

#[test]
fn a_message_is_cut_between_characters() {
    let update = call_update(&json!({ "resultInfo": { "code": 500, "message": "é".repeat(300) } }));
    assert_eq!(update.result.unwrap().message, "é".repeat(200));
}

/// Any JSON, of the size of a member.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "(/communications)?/calls/[a-f0-9-]{0,40}(/operations|/participants)?(/[a-z0-9]{0,4})?".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,6}|id|state|tone|code|@odata.type", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Puts `new` somewhere into `at`; `steps` say where.
fn replace(at: &mut Value, steps: &[prop::sample::Index], new: Value) {
    let Some((step, rest)) = steps.split_first() else {
        *at = new;
        return;
    };
    match at {
        Value::Object(members) if !members.is_empty() => {
            let name = members.keys().nth(step.index(members.len())).unwrap().clone();
            replace(&mut members[&name], rest, new);
        }
        Value::Array(items) if !items.is_empty() => {
            let n = step.index(items.len());
            replace(&mut items[n], rest, new);
        }
        leaf => *leaf = new,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn a_member_of_any_type_harms_no_other_item(
        picks in prop::collection::vec(any::<prop::sample::Index>(), 1..6),
        harmed in any::<prop::sample::Index>(),
        steps in prop::collection::vec(any::<prop::sample::Index>(), 1..6),
        new in anything(),
    ) {
        let all = notifications();
        let mut batch: Vec<Value> = picks.iter().map(|pick| all[pick.index(all.len())].clone()).collect();
        let before = items(&post(&batch), None);
        let harmed = harmed.index(batch.len());
        replace(&mut batch[harmed], &steps, new);
        let after = items(&post(&batch), None);
        prop_assert_eq!(after.len(), before.len());
        for (n, (before, after)) in before.iter().zip(&after).enumerate() {
            prop_assert!(n == harmed || before == after, "item {} was read otherwise", n);
        }
    }

    #[test]
    fn a_post_cut_short_or_changed_is_read_or_refused(
        pick in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
    ) {
        let all = notifications();
        let mut body = post(&[all[pick.index(all.len())].clone()]);
        let whole = body.len();
        body.truncate(cut.index(whole) + 1);
        let is_cut = body.len() < whole && changes.is_empty();
        for (at, byte) in changes {
            let at = at.index(body.len());
            body[at] = byte;
        }
        let read = read(&body, None);
        prop_assert!(!is_cut || read.is_err());
    }

    #[test]
    fn random_bytes_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..512), tail in ".{0,64}") {
        let _ = read(&body, None);
        let _ = read(format!("{{\"value\":[{tail}]}}").as_bytes(), None);
    }
}
