//! `record`: callers who talk for long, and those who want to hear what they said.

use std::fs;

use switchboard::{media::wav, simulator::observation::Seen, stage::Scene};
use tempfile::TempDir;

use super::{
    crowd::play_all,
    journey::{Journey, Played},
    written::written,
};

const MESSAGE: &str = r##"
start = "message"

[prompts]
speak = { text = "Please speak after the beep." }
review = { text = "To listen, press 1. To speak again, press 2. To keep it, press 3." }
thanks = { text = "Thank you." }

[steps.message]
do = "record"
prompt = "speak"
longest = "10m"
review = { prompt = "review", listen = "1", again = "2", keep = "3" }
then = "thanks"

[steps.thanks]
do = "play"
prompt = "thanks"
then = "bye"

[steps.bye]
do = "hang_up"
"##;

fn speaks(length: &str) -> String {
    format!("[[does]]\nhears = \"speak\"\nspeaks = \"{length}\"\npresses = \"#\"\n")
}

fn chooses(key: &str) -> String {
    format!("[[does]]\nhears = \"review\"\npresses = \"{key}\"\n")
}

const THANKED: &str = "[[does]]\nhears = \"thanks\"\n[ends]\nby = \"bot\"\n";

/// The call, and the seconds of the one recording that is kept.
async fn recorded(name: &'static str, script: &str) -> (Played, f64) {
    let flow = written(&[("told", MESSAGE)]);
    let journey = Journey::on(name, |scene| on(scene, &flow)).await;
    let call = journey.ring(script);
    let played = journey.fulfilled(&call).await;
    let [kept] = played.call.recordings.as_slice() else { panic!("{}", played.tale()) };
    let file = journey.recording(&call, kept.n);
    let sound = wav::check(&fs::read(&file).unwrap()).unwrap();
    assert_eq!(sound.ms, kept.ms);
    let files = fs::read_dir(file.parent().unwrap()).unwrap().count();
    assert_eq!(files, 1, "parts, or what was not wanted, are left behind");
    (played, f64::from(sound.ms) / 1000.0)
}

#[tokio::test]
async fn five_minutes_are_one_recording() {
    let (played, seconds) = recorded("record_long", &(speaks("5m") + &chooses("3") + THANKED)).await;
    let parts = played.seen.iter().filter(|seen| matches!(seen.what, Seen::RecordingBegan)).count();
    assert_eq!((parts, played.call.recordings[0].parts.len()), (3, 3));
    // A moment is lost between two parts.
    assert!((299.0..303.0).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn who_talks_for_ever_is_heard_for_ten_minutes() {
    let script = "[[does]]\nhears = \"speak\"\nspeaks = \"12m\"\n".to_owned() + "[[does]]\nhears = \"review\"\n" + THANKED;
    let (played, seconds) = recorded("record_longest", &script).await;
    assert_eq!(played.call.recordings[0].parts.len(), 5);
    assert!((599.0..601.0).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn the_caller_listens_to_what_was_said_and_keeps_it() {
    let script = speaks("5s") + &chooses("1") + &chooses("3") + THANKED;
    let (played, _) = recorded("record_listen", &script).await;
    assert_eq!(played.heard(), ["speak", "review", "recording 1", "review", "thanks"], "{}", played.tale());
}

#[tokio::test]
async fn the_caller_listens_to_a_long_message_part_by_part() {
    let (played, _) = recorded("record_listen_long", &(speaks("3m") + &chooses("1") + &chooses("3") + THANKED)).await;
    let heard = ["speak", "review", "recording 1", "recording 2", "review", "thanks"];
    assert_eq!(played.heard(), heard, "{}", played.tale());
}

#[tokio::test]
async fn what_is_said_again_is_what_is_kept() {
    let script = speaks("20s") + &chooses("2") + &speaks("5s") + &chooses("3") + THANKED;
    let (played, seconds) = recorded("record_again", &script).await;
    assert_eq!(played.ledger.recordings, 2);
    assert!((5.0..8.0).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn who_hangs_up_in_the_third_part_has_left_two() {
    let flow = written(&[("told", MESSAGE)]);
    let journey = Journey::on("record_hangs_up", |scene| on(scene, &flow)).await;
    let call = journey.ring("[[does]]\nhears = \"speak\"\nspeaks = \"4m30s\"\nhangs_up = true\n");
    let played = journey.fulfilled(&call).await;
    let [kept] = played.call.recordings.as_slice() else { panic!("{}", played.tale()) };
    assert!((239_000..241_000).contains(&kept.ms), "{}", kept.ms);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_long_message_is_lost_or_doubled_whatever_the_platform_does() {
    let script = speaks("3m") + &chooses("1") + &chooses("3") + THANKED;
    let all = play_all("mishaps_record", (441..=456).collect(), |seed| {
        let script = script.clone();
        async move {
            let flow = written(&[("told", MESSAGE)]);
            let journey = Journey::unnamed(|scene| {
                on(scene, &flow);
                scene.mishaps = Some(seed);
                scene.seed = seed;
            })
            .await;
            let call = journey.ring(&script);
            let played = journey.fulfilled(&call).await;
            (played, journey.requests())
        }
    })
    .await;
    for (seed, played) in (441..).zip(&all) {
        assert_eq!(played.steps(), ["message", "thanks", "bye"], "seed {seed}\n{}", played.tale());
        let ms: u32 = played.call.recordings.iter().map(|kept| kept.ms).sum();
        assert!(ms > 150_000, "seed {seed}: {ms}\n{}", played.tale());
    }
}

fn on(scene: &mut Scene, flow: &TempDir) {
    (scene.flows, scene.incoming_flow) = (flow.path().to_owned(), "default=told".to_owned());
}
