//! Callers who hang up in the middle of a step: what they said is kept, and a server of the operator's own is told.

use switchboard::simulator::observation::Seen;
use tempfile::TempDir;

use super::{
    crowd::play_all,
    hooked::{HookServer, Sent, play_flow},
    journey::{Journey, Played},
};

/// A message that may be reviewed, after a question.
const STEPS: &str = r##"
[steps.first]
do = "menu"
prompt = "hello"
keys = { 1 = "message" }
no_input = { then = "end" }
no_match = { then = "end" }
hung_up = "asked"
[steps.message]
do = "record"
prompt = "speak"
longest = "10m"
review = { prompt = "one_moment", listen = "1", again = "2", keep = "3" }
then = "end"
hung_up = "said"
[steps.asked]
do = "set"
variables = { tier = "cut off" }
then = "said"
[steps.said]
do = "notify"
hook = "crm"
event = "com.example.hung_up"
variables = ["tier"]
then = "goodbye"
[steps.goodbye]
do = "play"
prompt = "goodbye"
then = "end"
[steps.end]
do = "hang_up"
"##;

const CHOOSES: &str = "[[does]]\nhears = \"hello\"\npresses = \"1\"\n";

/// The caller says this much, and hangs up when the choices are heard.
fn in_review(length: &str) -> String {
    let speaks = format!("[[does]]\nhears = \"speak\"\nspeaks = \"{length}\"\npresses = \"#\"\n");
    format!("{CHOOSES}{speaks}[[does]]\nhears = \"one_moment\"\nhangs_up = true\n")
}

async fn play(name: &'static str, script: &str) -> (Played, Vec<Sent>) {
    let (hook, folder) = (HookServer::answering(204, "").await, TempDir::new().unwrap());
    let journey = Journey::on(name, |scene| play_flow(scene, folder.path(), STEPS, &hook)).await;
    let call = journey.ring(script);
    (journey.fulfilled(&call).await, hook.sent())
}

#[tokio::test]
async fn who_hangs_up_in_the_review_has_left_a_message_that_is_told_of_when_it_is_kept() {
    let (played, sent) = play("cut_off_review", &in_review("5s")).await;
    let [told] = sent.as_slice() else { panic!("{}", played.tale()) };
    let [kept] = played.call.recordings.as_slice() else { panic!("{}", played.tale()) };
    assert_eq!(told.body["data"]["recordings"].as_array().map(Vec::len), Some(1), "{}", told.body);
    assert_eq!((&told.body["type"], &told.body["data"]["recordings"][0]["n"]), (&"com.example.hung_up".into(), &kept.n.into()));
    assert_eq!(played.steps(), ["first", "message", "said"], "nobody is there to hear what follows");
}

#[tokio::test]
async fn a_long_message_is_told_of_as_one() {
    let (played, sent) = play("cut_off_long", &in_review("3m")).await;
    let recordings = &sent[0].body["data"]["recordings"];
    assert_eq!((sent.len(), recordings.as_array().map(Vec::len)), (1, Some(1)), "{}", played.tale());
    assert!(recordings[0]["seconds"].as_f64().is_some_and(|seconds| seconds > 170.0), "{recordings}");
}

#[tokio::test]
async fn who_hangs_up_in_a_menu_is_told_of_with_what_the_flow_makes_of_it() {
    let (played, sent) = play("cut_off_menu", "[[does]]\nhears = \"hello\"\nhangs_up = true\n").await;
    let [told] = sent.as_slice() else { panic!("{}", played.tale()) };
    assert_eq!(told.body["data"]["variables"]["tier"], "cut off");
    assert_eq!(told.body["data"]["recordings"], serde_json::json!([]));
}

#[tokio::test]
async fn who_keeps_the_message_has_not_hung_up() {
    let script = in_review("5s").replace("hangs_up = true", "presses = \"3\"") + "[ends]\nby = \"bot\"\n";
    let (played, sent) = play("cut_off_not", &script).await;
    assert!(sent.is_empty(), "{}", played.tale());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unkind_platform_hides_from_nobody_that_the_caller_hung_up() {
    let played = play_all("mishaps_cut_off", (501..=520).collect(), |seed| async move {
        let (hook, folder) = (HookServer::answering(200, "").await, TempDir::new().unwrap());
        let journey = Journey::unnamed(|scene| {
            play_flow(scene, folder.path(), STEPS, &hook);
            (scene.mishaps, scene.seed) = (Some(seed), seed);
        })
        .await;
        let call = journey.ring(&in_review("5s"));
        let played = journey.fulfilled(&call).await;
        let mut ids: Vec<_> = hook.sent().into_iter().map(|letter| letter.id).collect();
        ids.dedup();
        assert_eq!(ids.len(), 1, "seed {seed}: {ids:?}\n{}", played.tale());
        (played, journey.requests())
    })
    .await;
    for (seed, call) in (501..).zip(&played) {
        assert_eq!(call.call.recordings.len(), 1, "seed {seed}\n{}", call.tale());
        assert!(call.seen.iter().any(|seen| matches!(seen.what, Seen::Ended { .. })), "seed {seed}");
    }
}
