//! What is recorded, how it ends, how it is fetched.

use bytes::Bytes;
use serde_json::{Value, json};

use super::room::{Room, prompt};
use crate::simulator::observation::{RecordingEnd, Seen};

const SPEAKS: &str = "[[does]]\nhears = \"speak\"\nspeaks = \"6s\"\n";

fn record(extra: &Value) -> Value {
    let mut body = json!({
        "prompts": [prompt("speak")],
        "maxRecordDurationInSeconds": 60,
        "maxSilenceTimeoutInSeconds": 4,
        "clientContext": "r",
    });
    for (name, value) in extra.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// Records a caller; answers the room, the call and the operation's end.
fn recorded(script: &str, extra: &Value) -> (Room, String, Value) {
    let mut room = Room::new();
    let call = room.connected(script);
    assert_eq!(room.ask(&call, "recordResponse", record(extra)).status, 200);
    room.pass(80_000);
    let mut ended = room.operations();
    assert_eq!(ended.len(), 1);
    (room, call, ended.remove(0))
}

fn why(room: &Room) -> Vec<(u64, RecordingEnd)> {
    let ends = room.seen.iter().filter_map(|observation| match observation.what {
        Seen::RecordingEnded { seconds, why } => Some((seconds, why)),
        _ => None,
    });
    ends.collect()
}

fn fetch(room: &mut Room, data: &Value) -> Result<Bytes, u16> {
    let location = data["recordingLocation"].as_str().unwrap();
    let path = location.strip_prefix("http://127.0.0.1:4001/recordings/").unwrap().to_owned();
    let token = data["recordingAccessToken"].as_str().unwrap();
    room.world.recording(&path, token, room.now)
}

#[test]
fn a_message_ends_when_the_speaker_falls_silent_and_can_be_fetched() {
    let (mut room, call, data) = recorded(SPEAKS, &json!({}));
    assert_eq!(data["resultInfo"]["subcode"], 8509);
    assert_eq!(why(&room), [(10, RecordingEnd::MaxSilence)]);
    let wav = fetch(&mut room, &data).unwrap();
    let length = hound::WavReader::new(&wav[..]).unwrap().duration();
    assert_eq!(length, 16_000 * 103 / 10);
    assert_eq!(room.world.ledger(&call).unwrap().recordings, 1);
    let location = data["recordingLocation"].as_str().unwrap().rsplit('/').next().unwrap();
    assert_eq!(room.world.recording(location, "wrong", room.now), Err(401));
    assert_eq!(room.world.recording("unknown", "wrong", room.now), Err(404));
}

#[test]
fn a_recording_is_gone_five_minutes_after_the_call() {
    let (mut room, call, data) = recorded(SPEAKS, &json!({}));
    room.world.hang_up(&call, room.now);
    room.pass(299_000);
    assert!(fetch(&mut room, &data).is_ok());
    room.pass(3_000);
    assert_eq!(fetch(&mut room, &data), Err(410));
}

#[test]
fn silence_alone_is_not_kept() {
    let (room, call, data) = recorded("[[does]]\nhears = \"nothing\"", &json!({}));
    assert_eq!(data["resultInfo"]["subcode"], 8510);
    assert_eq!(data["recordingLocation"], "");
    assert_eq!(why(&room), [(5, RecordingEnd::InitialSilence)]);
    assert_eq!(room.world.ledger(&call).unwrap().recordings, 0);
}

#[test]
fn a_long_message_is_cut_at_its_longest_length() {
    let (room, _, data) = recorded(SPEAKS, &json!({ "maxRecordDurationInSeconds": 3 }));
    assert_eq!(data["resultInfo"]["subcode"], 8515);
    assert_eq!(why(&room), [(3, RecordingEnd::MaxDuration)]);
}

#[test]
fn a_stop_tone_ends_a_message_and_other_keys_do_not() {
    let script = format!("{SPEAKS}presses = \"5#\"");
    let (room, _, data) = recorded(&script, &json!({ "stopTones": ["#", "*"] }));
    assert_eq!(data["resultInfo"]["subcode"], 8514);
    assert_eq!(why(&room), [(7, RecordingEnd::StopTone)]);
}

#[test]
fn the_beep_comes_after_the_prompt_and_can_be_left_out() {
    for (beep, ms) in [(true, 3_400), (false, 3_000)] {
        let (room, _, _) = recorded(SPEAKS, &json!({ "playBeep": beep }));
        let began = |seen: &Seen| matches!(seen, Seen::PromptBegan { .. });
        assert_eq!(room.ms_between(began, |seen| *seen == Seen::RecordingBegan), ms);
    }
}

#[test]
fn a_recording_that_may_barge_in_ends_what_came_before() {
    let mut room = Room::new();
    let call = room.connected("");
    room.ask(&call, "playPrompt", super::room::play(&["menu"], "1"));
    room.ask(&call, "recordResponse", record(&json!({ "bargeInAllowed": true })));
    assert_eq!(room.operations()[0]["resultInfo"]["subcode"], 8508);
    room.pass(3_500);
    assert_eq!(room.saw(|seen| *seen == Seen::RecordingBegan), 1);
}

#[test]
fn a_message_cut_by_the_end_of_the_call_is_lost() {
    let mut room = Room::new();
    let call = room.connected(SPEAKS);
    room.ask(&call, "recordResponse", record(&json!({})));
    room.pass(6_000);
    room.world.hang_up(&call, room.now);
    room.pass(1_000);
    assert!(room.operations()[0]["status"].as_str().unwrap().eq_ignore_ascii_case("failed"));
    assert_eq!(why(&room), [(2, RecordingEnd::CallEnded)]);
    assert_eq!(room.world.ledger(&call).unwrap().recordings, 0);
}

#[test]
fn words_lost_to_a_cancelled_recording_are_said_again() {
    let mut room = Room::new();
    let call = room.connected(SPEAKS);
    room.ask(&call, "recordResponse", record(&json!({})));
    room.pass(5_000);
    room.ask(&call, "cancelMediaProcessing", json!({}));
    room.ask(&call, "recordResponse", record(&json!({})));
    room.pass(20_000);
    assert_eq!(room.saw(|seen| *seen == Seen::Spoke { seconds: 6 }), 2);
    assert_eq!(room.world.ledger(&call).unwrap().recordings, 1);
}
