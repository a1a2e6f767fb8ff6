//! Voicemail: how a recording ends, and that it lies where it should, whole.

use std::fs;

use jiff::SignedDuration;
use switchboard::{
    media::wav,
    simulator::observation::{EndedBy, RecordingEnd, Seen},
};

use super::journey::{Journey, Played};

/// The caller chooses voicemail, and then ...
const CHOOSES_VOICEMAIL: &str = "[[does]]\nhears = \"main_menu\"\npresses = \"3\"\n[[does]]\nhears = \"leave_message\"\n";

/// ... hears the bot end the call.
const HEARS_GOODBYE: &str = "[[does]]\nhears = \"goodbye\"\n[ends]\nby = \"bot\"\n";

/// Plays a call with one recording and answers the length of the file, in seconds.
async fn recorded(name: &'static str, does: &str, why: RecordingEnd) -> f64 {
    let journey = Journey::begin(name).await;
    let call = journey.ring(&format!("{CHOOSES_VOICEMAIL}{does}\n{HEARS_GOODBYE}recordings = 1"));
    let played = journey.fulfilled(&call).await;
    assert_eq!(ended(&played), Some(why), "{}", played.tale());
    let [kept] = played.call.recordings.as_slice() else { panic!("{}", played.tale()) };
    let file = fs::read(journey.recording(&call, kept.n)).unwrap();
    let sound = wav::check(&file).unwrap();
    assert_eq!(sound.ms, kept.ms);
    f64::from(sound.ms) / 1000.0
}

/// Why the recording ended.
fn ended(played: &Played) -> Option<RecordingEnd> {
    played.seen.iter().find_map(|seen| match seen.what {
        Seen::RecordingEnded { why, .. } => Some(why),
        _ => None,
    })
}

#[tokio::test]
async fn a_message_ends_three_seconds_after_the_last_word() {
    let seconds = recorded("voicemail_silence", "speaks = \"5s\"", RecordingEnd::MaxSilence).await;
    assert!((8.0..9.0).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn a_message_ends_with_the_hash_key() {
    let seconds = recorded("voicemail_hash", "speaks = \"5s\"\npresses = \"#\"", RecordingEnd::StopTone).await;
    assert!((5.0..7.0).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn other_keys_do_not_end_a_message() {
    let seconds = recorded("voicemail_other_key", "speaks = \"5s\"\npresses = \"1\"", RecordingEnd::MaxSilence).await;
    assert!((8.0..9.0).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn a_message_is_no_longer_than_two_minutes() {
    let seconds = recorded("voicemail_longest", "speaks = \"3m\"", RecordingEnd::MaxDuration).await;
    assert!((119.5..120.5).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn who_says_nothing_hears_goodbye_and_nothing_is_kept() {
    let script = format!("{CHOOSES_VOICEMAIL}{HEARS_GOODBYE}recordings = 0");
    let played = Journey::play("voicemail_nothing_said", &script).await;
    assert_eq!(ended(&played), Some(RecordingEnd::InitialSilence));
    assert_eq!(played.heard(), ["welcome", "main_menu", "leave_message", "goodbye"]);
    assert!(played.call.recordings.is_empty());
}

#[tokio::test]
async fn who_hangs_up_right_after_the_hash_key_has_left_a_message() {
    let script =
        format!("{CHOOSES_VOICEMAIL}speaks = \"5s\"\npresses = \"#\"\nhangs_up = true\n[ends]\nby = \"caller\"\nrecordings = 1");
    let played = Journey::play("voicemail_hash_and_gone", &script).await;
    assert_eq!(played.ended_by(), Some(EndedBy::Caller));
}

#[tokio::test]
async fn the_next_prompt_does_not_wait_for_the_recording_to_be_kept() {
    let script = format!("{CHOOSES_VOICEMAIL}speaks = \"60s\"\npresses = \"#\"\n{HEARS_GOODBYE}");
    let played = Journey::play("voicemail_goes_on", &script).await;
    let ended = played.at(|seen| matches!(seen, Seen::RecordingEnded { .. }));
    let thanks = played.at(|seen| matches!(seen, Seen::PromptBegan { name, .. } if name == "thanks"));
    assert!(thanks.duration_since(ended) < SignedDuration::from_millis(200), "{}", played.tale());
}
