//! `notify`: a call tells a server of the operator's own, which may be down for a while.

use switchboard::{call::Ending, simulator::observation::Seen};
use tempfile::TempDir;

use super::{
    crowd::play_all,
    hooked::{HookServer, play_flow, response},
    journey::{Journey, Played},
};

/// The caller leaves a message, of which the hook is told.
const STEPS: &str = r#"
[steps.first]
do = "record"
prompt = "speak"
then = "tell"
nothing = "goodbye"
[steps.tell]
do = "notify"
hook = "crm"
event = "com.example.message_left"
then = "goodbye"
[steps.goodbye]
do = "play"
prompt = "goodbye"
then = "end"
[steps.end]
do = "hang_up"
"#;

const SPEAKS: &str = r##"
[[does]]
hears = "speak"
speaks = "4s"
presses = "#"
[ends]
by = "bot"
recordings = 1
"##;

async fn play(name: &'static str, hook: &HookServer) -> Played {
    let folder = TempDir::new().unwrap();
    let journey = Journey::on(name, |scene| play_flow(scene, folder.path(), STEPS, hook)).await;
    let call = journey.ring(SPEAKS);
    journey.fulfilled(&call).await
}

#[tokio::test]
async fn who_is_told_of_a_recording_finds_it_kept() {
    let hook = HookServer::answering(204, "").await;
    let played = play("notify_taken", &hook).await;
    assert_eq!(played.heard(), ["speak", "goodbye"], "{}", played.tale());
    let sent = hook.sent();
    assert_eq!((sent.len(), sent[0].media_type.as_str()), (1, "application/cloudevents+json"));
    let event = &sent[0].body;
    assert_eq!((&event["type"], &event["id"]), (&"com.example.message_left".into(), &sent[0].id.as_str().into()));
    assert_eq!(event["data"]["recordings"][0]["n"], played.call.recordings[0].n);
}

#[tokio::test]
async fn a_hook_that_is_down_keeps_nobody_waiting_and_is_told_when_it_is_back() {
    let down_at_first = |_: &_, before| Some(response(if before < 4 { 503 } else { 200 }, ""));
    let hook = HookServer::start(down_at_first).await;
    let played = play("notify_down", &hook).await;
    assert_eq!((played.heard(), played.ending()), (vec!["speak", "goodbye"], Some(Ending::BotHungUp)));
    let ended = played.at(|seen| matches!(seen, Seen::Ended { .. }));
    let told = played.call.journal.entries().find(|entry| entry.kind == "notify").expect("it is journalled");
    assert_eq!(told.result, "taken");
    assert!(told.at > ended, "{}", played.tale());
    let sent = hook.sent();
    assert!(sent.len() == 5 && sent.iter().all(|letter| letter.id == sent[0].id && letter.body == sent[0].body));
}

#[tokio::test]
async fn a_hook_that_is_gone_is_not_told_again() {
    let hook = HookServer::answering(410, "").await;
    let played = play("notify_gone", &hook).await;
    let told = played.call.journal.entries().find(|entry| entry.kind == "notify").expect("it is journalled");
    assert_eq!((told.result.as_str(), hook.sent().len()), ("given up: 410 gone", 1));
}

#[tokio::test]
async fn a_notice_that_was_lost_with_the_process_is_sent_again() {
    let hook = HookServer::start(|_, before| (before > 0).then(|| response(200, ""))).await;
    let folder = TempDir::new().unwrap();
    let mut journey = Journey::on("notify_killed", |scene| play_flow(scene, folder.path(), STEPS, &hook)).await;
    let call = journey.ring(SPEAKS);
    while hook.sent().is_empty() {
        tokio::task::yield_now().await;
    }
    journey.stage.restart().await.unwrap();
    let played = journey.fulfilled(&call).await;
    assert_eq!(hook.sent().len(), 2, "{}", played.tale());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unkind_platform_loses_no_notice() {
    let played = play_all("mishaps_telling", (341..=370_u64).collect(), |seed| async move {
        let hook =
            HookServer::start(move |_, before| Some(response(if before < seed as usize % 3 { 500 } else { 200 }, ""))).await;
        let folder = TempDir::new().unwrap();
        let journey = Journey::unnamed(|scene| {
            play_flow(scene, folder.path(), STEPS, &hook);
            (scene.mishaps, scene.seed) = (Some(seed), seed);
        })
        .await;
        let call = journey.ring(SPEAKS);
        let played = journey.fulfilled(&call).await;
        let mut ids: Vec<_> = hook.sent().into_iter().map(|letter| letter.id).collect();
        ids.dedup();
        assert_eq!(ids.len(), 1, "seed {seed}: {ids:?}\n{}", played.tale());
        (played, journey.requests())
    })
    .await;
    for (seed, call) in (341..).zip(&played) {
        assert_eq!(call.steps(), ["first", "tell", "goodbye", "end"], "seed {seed}\n{}", call.tale());
    }
}
