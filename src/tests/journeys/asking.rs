//! `ask`: a call asks a server of the operator's own, however well or badly that answers.

use switchboard::call::Ending;
use tempfile::TempDir;

use super::{
    crowd::play_all,
    hooked::{HookServer, play_flow, response},
    journey::{Journey, Played},
};

/// The call asks at once, in silence.
const IN_SILENCE: &str = r#"
[steps.first]
do = "play"
prompt = "hello"
then = "ask"
[steps.ask]
do = "ask"
hook = "crm"
sets = ["tier"]
next = { vip = "vip" }
then = "goodbye"
failed = "sorry"
[steps.vip]
do = "play"
prompt = "speak"
then = "end"
"#;

/// The call asks while something plays.
const MEANWHILE: &str = r#"
[steps.first]
do = "ask"
hook = "crm"
sets = ["tier"]
while = "one_moment"
next = { vip = "goodbye" }
then = "goodbye"
failed = "sorry"
"#;

const ENDS: &str = r#"
[steps.goodbye]
do = "play"
prompt = "goodbye"
then = "end"
[steps.sorry]
do = "play"
prompt = "sorry"
then = "end"
[steps.end]
do = "hang_up"
"#;

/// A caller who listens to the end.
const LISTENS: &str = "[ends]\nby = \"bot\"";

async fn journey(name: &'static str, folder: &TempDir, steps: &str, hook: &HookServer) -> Journey {
    Journey::on(name, |scene| play_flow(scene, folder.path(), &format!("{steps}{ENDS}"), hook)).await
}

async fn play(name: &'static str, steps: &str, hook: &HookServer) -> Played {
    let folder = TempDir::new().unwrap();
    let journey = journey(name, &folder, steps, hook).await;
    let call = journey.ring(LISTENS);
    journey.fulfilled(&call).await
}

fn how_it_was_asked(played: &Played) -> String {
    let entries = played.call.journal.entries().filter(|entry| entry.kind == "ask");
    entries.last().expect("it is journalled").result.clone()
}

#[tokio::test]
async fn an_answer_chooses_the_way_and_sets_variables() {
    let hook = HookServer::answering(200, r#"{"next":"vip","variables":{"tier":"gold","other":1}}"#).await;
    let played = play("ask_answered", IN_SILENCE, &hook).await;
    assert_eq!(played.heard(), ["hello", "speak"], "{}", played.tale());
    assert_eq!(played.call.variables, [("tier".to_owned(), "gold".to_owned())].into());
    let sent = hook.sent();
    assert_eq!((sent.len(), sent[0].media_type.as_str()), (1, "application/json"));
    assert_eq!((&sent[0].body["id"], &sent[0].body["step"]), (&played.call.key.as_str().into(), &"ask".into()));
}

#[tokio::test]
async fn whatever_makes_no_sense_leads_to_the_step_for_that() {
    let megabytes = "x".repeat(2 * 1024 * 1024);
    let deep = format!(r#"{{"variables":{}"#, "[".repeat(60_000));
    for (name, status, body, words) in [
        ("ask_rubbish", 200, "<html>", "200 unreadable"),
        ("ask_two_megabytes", 200, &*megabytes, "200 too_long"),
        ("ask_deep", 200, &*deep, "200 unreadable"),
        ("ask_refused", 404, "", "404 refused"),
        ("ask_redirected", 307, "", "307 refused"),
        ("ask_nowhere", 200, r#"{"next":"nowhere"}"#, "it chose a way that the step has not"),
        ("ask_down", 500, "", "no answer in time"),
    ] {
        for (steps, before) in [(IN_SILENCE, "hello"), (MEANWHILE, "one_moment")] {
            let hook = HookServer::answering(status, body).await;
            let played = play(name, steps, &hook).await;
            assert_eq!((played.heard()[0], played.heard().last()), (before, Some(&"sorry")), "{name}\n{}", played.tale());
            assert_eq!(how_it_was_asked(&played), format!("failed: {words}"));
            assert_eq!(played.ending(), Some(Ending::BotHungUp));
        }
    }
}

#[tokio::test]
async fn a_hook_that_never_answers_is_not_waited_for() {
    let hook = HookServer::start(|_, _| None).await;
    let played = play("ask_silent", IN_SILENCE, &hook).await;
    assert_eq!(played.heard(), ["hello", "sorry"], "{}", played.tale());
    // The hook's silence passes in real time, of which the stage's clock knows nothing: so there seems to be time to ask again.
    assert!((1..=2).contains(&hook.sent().len()));
}

#[tokio::test]
async fn a_hook_that_is_not_there_is_not_waited_for() {
    let mut hook = HookServer::answering(200, "{}").await;
    hook.url = "http://127.0.0.1:1/".to_owned();
    let played = play("ask_nobody", IN_SILENCE, &hook).await;
    assert_eq!(played.heard(), ["hello", "sorry"], "{}", played.tale());
}

#[tokio::test]
async fn while_a_slow_hook_thinks_something_plays_again_and_again_and_the_answer_cuts_it_short() {
    let not_yet = || {
        let mut not_yet = response(202, "");
        not_yet.headers_mut().insert("retry-after", 4.into());
        not_yet
    };
    let thinks =
        move |_: &_, before| Some(if before < 2 { not_yet() } else { response(200, r#"{"variables":{"tier":"gold"}}"#) });
    let hook = HookServer::start(thinks).await;
    let played = play("ask_slow", MEANWHILE, &hook).await;
    assert_eq!(played.heard(), ["one_moment", "one_moment", "one_moment", "goodbye"], "{}", played.tale());
    assert_eq!(played.call.variables["tier"], "gold");
    let sent = hook.sent();
    assert!(sent.len() == 3 && sent.iter().all(|letter| letter.id == sent[0].id && letter.body == sent[0].body));
}

#[tokio::test]
async fn a_slow_hook_has_its_time_and_no_more() {
    let thinks_on = |_: &_, _| {
        let mut not_yet = response(202, "");
        not_yet.headers_mut().insert("retry-after", 3.into());
        Some(not_yet)
    };
    let hook = HookServer::start(thinks_on).await;
    let played = play("ask_too_slow", MEANWHILE, &hook).await;
    assert_eq!(played.heard().last(), Some(&"sorry"), "{}", played.tale());
    assert_eq!(hook.sent().len(), 7);
}

#[tokio::test]
async fn a_caller_who_hangs_up_leaves_nothing_behind() {
    let thinks_on = |_: &_, _| {
        let mut not_yet = response(202, "");
        not_yet.headers_mut().insert("retry-after", 3.into());
        Some(not_yet)
    };
    let (hook, folder) = (HookServer::start(thinks_on).await, TempDir::new().unwrap());
    let journey = journey("ask_hung_up", &folder, MEANWHILE, &hook).await;
    let call = journey.ring("[[does]]\nhears = \"one_moment\"\nhangs_up = true\n[ends]\nby = \"caller\"");
    let played = journey.fulfilled(&call).await;
    assert_eq!(played.ending(), Some(Ending::CallerHungUp));
    assert!(hook.sent().len() < 4);
}

#[tokio::test]
async fn a_question_whose_asker_was_killed_is_asked_again_under_the_same_id() {
    for (name, steps, heard) in
        [("ask_killed", IN_SILENCE, ["hello", "goodbye"]), ("ask_killed_meanwhile", MEANWHILE, ["one_moment", "goodbye"])]
    {
        let hook = HookServer::start(|_, before| (before > 0).then(|| response(200, "{}"))).await;
        let folder = TempDir::new().unwrap();
        let mut journey = journey(name, &folder, steps, &hook).await;
        let call = journey.ring(LISTENS);
        while hook.sent().is_empty() {
            tokio::task::yield_now().await;
        }
        journey.stage.restart().await.unwrap();
        let played = journey.fulfilled(&call).await;
        assert_eq!((played.heard()[0], *played.heard().last().unwrap()), (heard[0], heard[1]), "{}", played.tale());
        let sent = hook.sent();
        assert!(sent.len() == 2 && sent[0].id == sent[1].id, "{}", played.tale());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unkind_platform_changes_nothing() {
    let both =
        format!("{}{ENDS}", MEANWHILE.replace("then = \"goodbye\"", "then = \"ask\"").replace("cut = true", "cut = false"));
    let steps = format!("{both}{}", IN_SILENCE.split_once("[steps.ask]").map(|(_, rest)| format!("[steps.ask]{rest}")).unwrap());
    let played = play_all("mishaps_asking", (301..=340_u64).collect(), |seed| {
        let steps = steps.clone();
        async move {
            let hook = HookServer::start(|_, before| match before {
                0 => Some(response(500, "")),
                _ => Some(response(200, r#"{"variables":{"tier":"gold"}}"#)),
            });
            let (hook, folder) = (hook.await, TempDir::new().unwrap());
            let journey = Journey::unnamed(|scene| {
                play_flow(scene, folder.path(), &steps, &hook);
                (scene.mishaps, scene.seed) = (Some(seed), seed);
            })
            .await;
            let call = journey.ring(LISTENS);
            let played = journey.fulfilled(&call).await;
            let mut ids: Vec<_> = hook.sent().into_iter().map(|letter| letter.id).collect();
            ids.dedup();
            assert_eq!(ids.len(), 2, "seed {seed}: {ids:?}\n{}", played.tale());
            (played, journey.requests())
        }
    })
    .await;
    for (seed, call) in (301..).zip(&played) {
        assert_eq!(call.steps(), ["first", "ask", "goodbye", "end"], "seed {seed}\n{}", call.tale());
    }
}
