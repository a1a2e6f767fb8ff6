//! `language` and `say`: what is heard by somebody who chooses German.

use super::{
    crowd::play_all,
    journey::{Journey, Played},
    written::written,
};

/// Asks for the language, greets in it, and reads a number out. The goodbye is there in English alone.
fn flow() -> String {
    let digits: String =
        (0..10).map(|n| format!("prompts.digit_{n} = {{ text = \"{n}\", languages = {{ de = \"{n}\" }} }}\n")).collect();
    format!("{digits}{FLOW}")
}

const FLOW: &str = r#"
start = "ask"
languages = ["en", "de"]
variables.order = "40 1"
prompts.ask.text = "Press 2 for German."
prompts.ask.languages.de = "2 für Deutsch."
prompts.hello = { text = "Your order is", languages = { de = "Ihre Bestellung ist" } }
prompts.goodbye.text = "Goodbye."
[steps.ask]
do = "menu"
prompt = "ask"
keys = { 1 = "hello", 2 = "german" }
no_input = { then = "hello" }
no_match = { then = "hello" }
[steps.german]
do = "language"
language = "de"
then = "hello"
[steps.hello]
do = "play"
prompt = "hello"
then = "read"
[steps.read]
do = "say"
text = "{order}"
then = "goodbye"
[steps.goodbye]
do = "play"
prompt = "goodbye"
then = "bye"
[steps.bye]
do = "hang_up"
"#;

async fn calls(name: &'static str, key: &str) -> Played {
    let flows = written(&[("orders", &flow())]);
    let journey = Journey::on(name, |scene| {
        (scene.flows, scene.incoming_flow) = (flows.path().to_owned(), "default=orders".to_owned());
    })
    .await;
    let call = journey.ring(&script(key));
    journey.fulfilled(&call).await
}

fn script(key: &str) -> String {
    format!("[[does]]\nhears = \"ask\"\npresses = \"{key}\"\n[ends]\nby = \"bot\"")
}

#[tokio::test]
async fn who_chooses_german_hears_german_where_there_is_any() {
    let played = calls("language_german", "2").await;
    assert_eq!(played.heard(), ["ask", "hello.de", "digit_4.de", "digit_0.de", "digit_1.de", "goodbye"], "{}", played.tale());
}

#[tokio::test]
async fn who_chooses_nothing_hears_the_first_language() {
    let played = calls("language_first", "1").await;
    assert_eq!(played.heard(), ["ask", "hello", "digit_4", "digit_0", "digit_1", "goodbye"], "{}", played.tale());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_language_lasts_on_an_unkind_platform() {
    let played = play_all("language_mishaps", (1..=30).collect(), |seed| async move {
        let flows = written(&[("orders", &flow())]);
        let journey = Journey::unnamed(|scene| {
            (scene.flows, scene.incoming_flow) = (flows.path().to_owned(), "default=orders".to_owned());
            (scene.mishaps, scene.seed) = (Some(seed), seed);
        })
        .await;
        let call = journey.ring(&script("2"));
        (journey.fulfilled(&call).await, journey.requests())
    })
    .await;
    for (seed, call) in (1..).zip(&played) {
        assert_eq!(call.steps(), ["ask", "german", "hello", "read", "goodbye", "bye"], "seed {seed}\n{}", call.tale());
        assert!(!call.heard().contains(&"hello"), "seed {seed}\n{}", call.tale());
    }
}
