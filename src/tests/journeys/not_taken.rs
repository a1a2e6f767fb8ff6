//! A transfer that nobody takes goes the way that Graph's code says, where it says one.

use switchboard::call::Ending;

use super::{crowd::play_all, journey::Journey, written::written};

const WHOM: &str = "5d0c7a3e-91b4-4f28-a6d7-3e8f1c20b945";

/// Passes the call on, and says why that came to nothing.
fn desk() -> String {
    let says = |why: &str| {
        format!("[steps.{why}]\ndo = \"play\"\nprompt = \"{why}\"\nthen = \"bye\"\n[prompts.{why}]\ntext = \"They are {why}.\"\n")
    };
    let why: String = ["busy", "declined", "no_answer", "not_found", "failed"].map(says).concat();
    format!(
        r#"
start = "hello"
prompts.hello.text = "One moment, please."
[steps.hello]
do = "play"
prompt = "hello"
then = "pass"
[steps.pass]
do = "transfer"
to = {{ user = "{WHOM}" }}
busy = "busy"
declined = "declined"
no_answer = "no_answer"
not_found = "not_found"
failed = "failed"
[steps.bye]
do = "hang_up"
{why}"#
    )
}

/// What whoever is rung does, and the prompt that the caller then hears.
const OUTCOMES: [(&str, &str); 4] = [
    ("busy = true", "busy"),
    ("declines = \"3s\"", "declined"),
    ("ignores = true", "no_answer"),
    ("unreachable = true", "not_found"),
];

fn script(does: &str, is_fine: bool, prompt: &str) -> String {
    format!("fine_transfers = {is_fine}\npeople.\"{WHOM}\" = {{ {does} }}\n[[does]]\nhears = \"{prompt}\"\n[ends]\nby = \"bot\"")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transfer_that_nobody_takes_goes_the_way_of_its_code_on_an_unkind_platform() {
    let played = play_all("not_taken_mishaps", (0..40).collect(), |seed: u64| async move {
        let flows = written(&[("desk", &desk())]);
        let journey = Journey::unnamed(|scene| {
            (scene.flows, scene.incoming_flow) = (flows.path().to_owned(), "default=desk".to_owned());
            (scene.mishaps, scene.seed) = (Some(seed), seed);
        })
        .await;
        let (does, prompt) = OUTCOMES[seed as usize % OUTCOMES.len()];
        let call = journey.ring(&script(does, true, prompt));
        (journey.fulfilled(&call).await, journey.requests())
    })
    .await;
    for (seed, call) in (0..).zip(&played) {
        let (_, prompt) = OUTCOMES[seed % OUTCOMES.len()];
        assert!(call.heard().contains(&prompt), "seed {seed}\n{}", call.tale());
        assert_eq!(call.ending(), Some(Ending::BotHungUp), "seed {seed}");
    }
}

#[tokio::test]
async fn where_the_code_does_not_say_why_the_one_way_for_all_is_gone() {
    let flows = written(&[("desk", &desk())]);
    let journey = Journey::on("not_taken_unsaid", |scene| {
        (scene.flows, scene.incoming_flow) = (flows.path().to_owned(), "default=desk".to_owned());
    })
    .await;
    let call = journey.ring(&script("declines = \"3s\"", false, "failed"));
    assert_eq!(journey.fulfilled(&call).await.heard(), ["hello", "failed"]);
}
