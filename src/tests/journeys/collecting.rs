//! `collect`: callers who type, with pauses, too soon, wrongly, and secrets.

use std::time::Duration;

use jiff::SignedDuration;
use switchboard::{
    call::{Ending, Secrets},
    config::SecretsKey,
    simulator::observation::Seen,
    stage::{SECRETS_KEY, Scene},
};
use tempfile::TempDir;

use super::{
    crowd::play_all,
    journey::{Journey, Played},
    written::written,
};

const ORDER: &str = r##"
start = "order"

[variables]
order = ""

[prompts]
which_order = { text = "Type the number of your order." }
which_pin = { text = "Type your PIN." }
nothing_heard = { text = "We heard nothing." }
wrong = { text = "That is not right." }
goodbye = { text = "Goodbye." }

[steps.order]
do = "collect"
prompt = "which_order"
least = 3
most = 6
timeout = "8s"
inter_digit_timeout = "4s"
pattern = "[1-9][0-9]*"
into = "order"
no_input = { prompt = "nothing_heard", then = "bye" }
no_match = { prompt = "wrong", then = "bye" }
then = "pin"

[steps.pin]
do = "collect"
prompt = "which_pin"
most = 4
secret = true
matches = "{hash}"
timeout = "8s"
inter_digit_timeout = "4s"
no_input = { prompt = "nothing_heard", then = "bye" }
no_match = { prompt = "wrong", attempts = 2, then = "bye" }
then = "goodbye"

[steps.goodbye]
do = "play"
prompt = "goodbye"
then = "bye"

[steps.bye]
do = "hang_up"

[journal]
tones = true
"##;

/// The flow, with the hash of the PIN 2468.
fn order() -> TempDir {
    let key = SecretsKey::parse(SECRETS_KEY).unwrap();
    let hash = Secrets::new(key.expose()).hash("2468").unwrap();
    written(&[("told", &ORDER.replace("order = \"\"\n", &format!("order = \"\"\nhash = \"{hash}\"\n")))])
}

async fn played(name: &'static str, script: &str) -> Played {
    let flow = order();
    let journey = Journey::on(name, |scene| on(scene, &flow)).await;
    let call = journey.ring(script);
    journey.fulfilled(&call).await
}

fn types(prompt: &str, keys: &str) -> String {
    format!("[[does]]\nhears = \"{prompt}\"\npresses = \"{keys}\"\n")
}

fn hears(prompt: &str) -> String {
    format!("[[does]]\nhears = \"{prompt}\"\n")
}

const BY_BOT: &str = "[ends]\nby = \"bot\"\n";

#[tokio::test]
async fn who_types_at_leisure_and_ends_with_silence_is_understood() {
    let script = types("which_order", "1,,2,3,,4") + &types("which_pin", "2468") + &hears("goodbye") + BY_BOT;
    let played = played("collect_at_leisure", &script).await;
    assert_eq!(played.call.variables["order"], "1234");
    assert_eq!(played.heard(), ["which_order", "which_pin", "goodbye"]);
    // Four seconds after the last key, and no more.
    let last =
        played.seen.iter().filter(|seen| matches!(seen.what, Seen::Pressed { key: '4', .. })).map(|seen| seen.at).next().unwrap();
    let next = played.at(|seen| matches!(seen, Seen::PromptBegan { name, .. } if name == "which_pin"));
    let waited = next.duration_since(last);
    assert!((SignedDuration::from_secs(4)..SignedDuration::from_secs(5)).contains(&waited), "{waited}\n{}", played.tale());
}

#[tokio::test]
async fn the_most_digits_and_the_stop_key_save_the_silence() {
    let script = types("which_order", "12345#") + &types("which_pin", "2468") + &hears("goodbye") + BY_BOT;
    let played = played("collect_stop_key", &script).await;
    assert_eq!(played.call.variables["order"], "12345");
    let silences = played.seen.iter().filter(|seen| matches!(seen.what, Seen::PromptBegan { silence: true, .. })).count();
    assert_eq!(silences, 4, "two after the prompts, and one after each first key\n{}", played.tale());
}

#[tokio::test]
async fn who_knows_what_is_asked_types_into_the_prompt() {
    let script = "[[does]]\nhears = \"which_order\"\nbarge_in = true\npresses = \"123456\"\n".to_owned();
    let script = script + "[[does]]\nhears = \"which_pin\"\nbarge_in = true\npresses = \"2468\"\n" + &hears("goodbye") + BY_BOT;
    let played = played("collect_barge_in", &script).await;
    assert_eq!(played.call.variables["order"], "123456");
    let cut = played.seen.iter().filter(|seen| matches!(seen.what, Seen::PromptEnded { completed: false, .. })).count();
    assert!(cut >= 2, "{}", played.tale());
}

#[tokio::test]
async fn who_errs_is_asked_again_and_who_types_nothing_too() {
    let script = types("which_order", "0123#") + &hears("wrong") + &hears("which_order") + &hears("nothing_heard");
    let script =
        script + &types("which_order", "777#") + &types("which_pin", "1111") + &types("which_pin", "2468") + &hears("goodbye");
    let played = played("collect_errs", &(script + BY_BOT)).await;
    assert_eq!(played.call.variables["order"], "777");
    assert_eq!(played.steps(), ["order", "pin", "goodbye", "bye"]);
}

#[tokio::test]
async fn two_wrong_pins_end_the_call() {
    let script = types("which_order", "123#") + &types("which_pin", "1111") + &types("which_pin", "2222") + BY_BOT;
    let played = played("collect_wrong_pins", &script).await;
    assert_eq!((played.steps(), played.ending()), (vec!["order", "pin", "bye"], Some(Ending::BotHungUp)));
}

#[tokio::test]
async fn a_secret_is_seen_nowhere() {
    let flow = order();
    let journey = Journey::on("collect_secret", |scene| on(scene, &flow)).await;
    let call = journey.ring("");
    drop(journey.in_prompt(&call, "which_order").await);
    journey.stage.teams.press(&call, "123456");
    let hold = journey.in_prompt(&call, "which_pin").await;
    journey.stage.teams.press(&call, "246");
    let later = journey.stage.teams.clock().sleep(Duration::from_secs(1));
    drop(hold);
    let hold = later.await;
    let while_typed = journey.shown(&call).await.to_string();
    journey.stage.teams.press(&call, "8");
    drop(hold);
    let played = journey.over(&call).await;
    assert_eq!(played.steps(), ["order", "pin", "goodbye", "bye"], "{}", played.tale());
    let afterwards = journey.shown(&call).await.to_string() + &serde_json::to_string(&played.call).unwrap();
    for text in [while_typed, afterwards] {
        assert!(!text.contains("246") && !text.contains("\"8\"") && !text.contains("ealed"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn digits_are_understood_whatever_the_platform_does_to_them() {
    let script = types("which_order", "12,3,45") + &types("which_pin", "2468") + &hears("goodbye") + BY_BOT;
    let all = play_all("mishaps_collect", (401..=440).collect(), |seed| {
        let script = script.clone();
        async move {
            let flow = order();
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
    for (seed, played) in (401..).zip(&all) {
        assert_eq!(played.call.variables["order"], "12345", "seed {seed}\n{}", played.tale());
        assert_eq!(played.steps(), ["order", "pin", "goodbye", "bye"], "seed {seed}\n{}", played.tale());
    }
}

fn on(scene: &mut Scene, flow: &TempDir) {
    (scene.flows, scene.incoming_flow) = (flow.path().to_owned(), "default=told".to_owned());
}
