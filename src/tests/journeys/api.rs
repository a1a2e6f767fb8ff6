//! What is seen of a call from outside, and who may see it.

use std::{collections::BTreeSet, fs};

use serde_json::{Value, json};
use switchboard::{media::wav, stage::TENANT};

use super::journey::{Journey, Played, dial_script};

/// The members of a call, as documented.
const MEMBERS: [&str; 14] = [
    "created",
    "direction",
    "flow",
    "flowVersion",
    "graphCallId",
    "id",
    "journal",
    "outcome",
    "owed",
    "phase",
    "recordings",
    "step",
    "tenantId",
    "variables",
];

/// Those that are there where Graph has said who is in the call, and why it ended.
const WHERE_GRAPH_SAYS_SO: [&str; 2] = ["participants", "result"];

async fn dialled(name: &'static str, script: &str) -> (Journey, String, Played) {
    let journey = Journey::begin(name).await;
    let call = journey.ring(script);
    let played = journey.fulfilled(&call).await;
    (journey, call, played)
}

#[tokio::test]
async fn a_call_that_is_over_is_shown_whole() {
    let (journey, call, played) = dialled("api_over", &dial_script()).await;
    let shown = journey.shown(&call).await;
    let members = shown.as_object().unwrap().keys().map(String::as_str).filter(|name| !WHERE_GRAPH_SAYS_SO.contains(name));
    assert_eq!(members.collect::<BTreeSet<_>>(), BTreeSet::from(MEMBERS));
    assert_eq!((&shown["id"], &shown["graphCallId"]), (&json!(played.call.key.as_str()), &json!(call)));
    assert_eq!(shown["tenantId"], TENANT);
    assert_eq!((&shown["direction"], &shown["flow"]), (&json!("incoming"), &json!("first_call")));
    assert_eq!(shown["flowVersion"], played.call.flow_version);
    assert_eq!((&shown["phase"], &shown["step"], &shown["outcome"]), (&json!("ended"), &Value::Null, &json!("caller_hung_up")));
    assert_eq!((&shown["variables"], &shown["owed"]), (&json!({}), &json!([])));
    let seconds = f64::from(played.call.recordings[0].ms) / 1000.0;
    assert_eq!(shown["recordings"], json!([{ "n": played.call.recordings[0].n, "seconds": seconds }]));
    let first = &shown["journal"][0];
    assert_eq!((&first["kind"], &first["result"]), (&json!("incoming_call"), &json!("rings")));
    assert!(first["at"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
}

#[tokio::test]
async fn a_call_that_is_going_on_shows_its_step() {
    let journey = Journey::begin("api_going_on").await;
    let call = journey.ring("");
    let hold = journey.in_prompt(&call, "main_menu").await;
    let shown = journey.shown(&call).await;
    assert_eq!((&shown["phase"], &shown["step"], &shown["outcome"]), (&json!("in_step"), &json!("main_menu"), &Value::Null));
    drop(hold);
    journey.stage.teams.hang_up(&call);
    journey.over(&call).await;
}

#[tokio::test]
async fn a_recording_is_the_file_in_the_folder() {
    let (journey, call, played) = dialled("api_recording", &dial_script()).await;
    let n = played.call.recordings[0].n;
    let path = format!("/api/calls/{call}/recordings/{n}");
    let response = journey.get(&path, Some(&journey.stage.api_key)).await;
    assert_eq!((response.status().as_u16(), &response.headers()["content-type"]), (200, &"audio/wav".parse().unwrap()));
    let bytes = response.bytes().await.unwrap();
    assert_eq!(wav::check(&bytes).unwrap().ms, played.call.recordings[0].ms);
    assert_eq!(bytes, fs::read(journey.recording(&call, n)).unwrap());
    let other = journey.get(&format!("/api/calls/{call}/recordings/{}", n + 1), Some(&journey.stage.api_key)).await;
    assert_eq!(other.status(), 404);
}

#[tokio::test]
async fn without_the_right_key_nothing_is_shown() {
    let (journey, call, played) = dialled("api_no_key", &dial_script()).await;
    let n = played.call.recordings[0].n;
    let wrong = format!("{}0", journey.stage.api_key);
    for path in ["/api/calls".to_owned(), format!("/api/calls/{call}"), format!("/api/calls/{call}/recordings/{n}")] {
        for key in [None, Some(""), Some("0"), Some(wrong.as_str())] {
            let response = journey.get(&path, key).await;
            assert_eq!(response.status(), 401, "{path} with {key:?}");
            assert!(!response.text().await.unwrap().contains("journal"));
        }
    }
}

#[tokio::test]
async fn calls_are_listed_the_newest_first() {
    let journey = Journey::begin("api_list").await;
    let mut calls = Vec::new();
    for _ in 0..3 {
        let call = journey.ring("[[does]]\nhears = \"welcome\"\nbarge_in = true\nhangs_up = true");
        let played = journey.fulfilled(&call).await;
        calls.insert(0, played.call.key.as_str().to_owned());
    }
    let response = journey.get("/api/calls", Some(&journey.stage.api_key)).await;
    let listed: Value = response.json().await.unwrap();
    let ids: Vec<_> = listed["calls"].as_array().unwrap().iter().map(|call| call["id"].as_str().unwrap()).collect();
    assert_eq!(ids, calls);
}

#[tokio::test]
async fn nothing_that_is_shown_gives_away_who_called_what_was_pressed_or_what_opens_anything() {
    let number = "+493012345678";
    let script = dial_script();
    let script = script.lines().map(|line| match line.starts_with("caller") {
        true => format!("caller = {{ phone = \"{number}\" }}\n"),
        false => format!("{line}\n"),
    });
    let (by_phone, phoned, _) = dialled("api_discreet_phone", &script.collect::<String>()).await;
    let (by_user, called, played) = dialled("api_discreet_user", &dial_script()).await;
    let phoned = by_phone.shown(&phoned).await.to_string();
    let called = by_user.shown(&called).await.to_string();
    let secret = played.call.secret.expose().to_owned();
    for told in [number, &number[1..], "Ada", "7c5e2a10-93d4-4f6b-a1c8-5e0d3b9f2761", &secret, "http", "tone_received"] {
        assert!(!phoned.contains(told) && !called.contains(told), "{told} is shown");
    }
    // A token is a longer word than any id.
    let longest = called.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').map(str::len).max();
    assert!(longest <= Some(36), "{called}");
}
