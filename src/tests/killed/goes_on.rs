//! SIGKILL at any point of many calls, and a new start on the same store: the calls go on.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use switchboard::{
    app::random_bits,
    simulator::{
        ledger::{Ledger, Verdict},
        observation::Observation,
    },
};
use tokio::{
    sync::mpsc::UnboundedReceiver,
    time::{Duration, Instant, sleep, timeout},
};

use super::{
    Handler,
    scene::{Surroundings, caller},
};

/// How many people call.
const CALLS: usize = 15;

/// How often the handler is killed.
const KILLS: usize = 8;

/// When all must be over: the longest that recovery takes is a recording whose fetch was cut short, a minute.
const OVER_WITHIN: Duration = Duration::from_secs(95);

#[tokio::test(flavor = "multi_thread")]
async fn calls_go_on_however_often_the_handler_is_killed() {
    let seed = std::env::var("KILL_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| random_bits() as u64);
    println!("KILL_SEED={seed}");
    let began = Instant::now();
    let around = Surroundings::new(seed).await;
    let mut seen = around.teams.observations();
    let mut handler = Handler::start(&around.environment).await;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut calls: Vec<String> = Vec::new();
    for _ in 0..KILLS {
        // Some more people call each time, so that every kill meets calls at every point.
        let more = CALLS.div_ceil(KILLS).min(CALLS - calls.len());
        calls.extend((calls.len()..calls.len() + more).map(|n| around.teams.ring(caller(n))));
        sleep(Duration::from_millis(rng.random_range(500..2_500))).await;
        something_happens(&mut seen).await;
        sleep(Duration::from_micros(rng.random_range(0..6_000))).await;
        assert_eq!(handler.kill().await, "", "a handler writes nothing on standard error");
        handler = Handler::start(&around.environment).await;
    }
    let is_over = async {
        for call in &calls {
            around.teams.settled(call).await;
        }
        nothing_is_owed(&around).await;
    };
    let over = timeout(OVER_WITHIN.saturating_sub(began.elapsed()), is_over).await;
    assert!(over.is_ok(), "{:#?}\n{}", open(&around).await, handler.printed.lock().unwrap());
    for (n, call) in calls.iter().enumerate() {
        let ledger = around.teams.ledger(call).unwrap();
        if let Some(wrong) = judge(n, &ledger) {
            panic!(
                "caller {n}, call {call}, {wrong}: {ledger:#?}\n{:#?}\n{}",
                around.teams.observed(call),
                journal(&around, call).await
            );
        }
    }
    let again: u32 = calls.iter().filter_map(|call| around.teams.ledger(call)).map(|ledger| ledger.prompts_again).sum();
    let lost = actors_lost(&around, &calls).await;
    println!("over after {:?}; killed in the midst of acting: {lost} times; prompts begun again: {again}", began.elapsed());
}

/// What the bot itself wrote down of a call.
async fn journal(around: &Surroundings, call: &str) -> String {
    format!("{:#}", ask(around, &format!("/{call}")).await["journal"])
}

/// How often a kill fell between what was saved and what was done about it.
async fn actors_lost(around: &Surroundings, calls: &[String]) -> usize {
    let mut lost = 0;
    for call in calls {
        let shown = ask(around, &format!("/{call}")).await;
        lost += shown["journal"].as_array().unwrap().iter().filter(|entry| entry["kind"] == "actor_lost").count();
    }
    lost
}

/// Waits until the next thing happens in any call, so that the kill falls into the midst of something; not for ever, as there may be
/// nobody left to do anything.
pub(crate) async fn something_happens(seen: &mut UnboundedReceiver<Observation>) {
    while seen.try_recv().is_ok() {}
    let _ = timeout(Duration::from_secs(1), seen.recv()).await;
}

/// The calls that are not over, or owe something, as the bot shows them.
async fn open(around: &Surroundings) -> Vec<Value> {
    let mut shown = ask(around, "").await;
    let mut calls = std::mem::take(shown["calls"].as_array_mut().unwrap());
    calls.retain(|call| call["phase"] != "ended" || call["owed"] != Value::Array(Vec::new()));
    calls
}

/// What the bot says at `/api/calls`.
async fn ask(around: &Surroundings, path: &str) -> Value {
    let url = format!("{}/api/calls{path}", around.bot_url);
    let reply = reqwest::Client::new().get(url).header("x-functions-key", &around.api_key).send().await.unwrap();
    serde_json::from_str(&reply.text().await.unwrap()).unwrap()
}

async fn nothing_is_owed(around: &Surroundings) {
    while !open(around).await.is_empty() {
        sleep(Duration::from_millis(200)).await;
    }
}

/// What is wrong with how a call went.
fn judge(n: usize, ledger: &Ledger) -> Option<String> {
    if let Verdict::Failed { line, why } = &ledger.script {
        return Some(format!("line {line}: {why}"));
    }
    let (recordings, transfers) = if n % 3 == 2 { (0, 1) } else { (1, 0) };
    let effects = (ledger.answers, ledger.recordings, ledger.transfers);
    (effects != (1, recordings, transfers) || ledger.hang_ups > 1).then(|| "something was lost or done twice".to_owned())
}
