//! Many calls at once.

use std::{collections::BTreeMap, fmt::Debug, future::Future, time::Instant};

use futures_util::{StreamExt, stream};
use switchboard::simulator::{ledger::Verdict, wire::Request};

use super::{
    journey::{Journey, Played, dial_script, write_requests},
    mishaps::{DECLINED, TAKEN},
    soundness::fault,
};

/// How many stages are set side by side: enough to keep two processors busy while one waits for a disk.
const STAGES_AT_ONCE: usize = 8;

/// Plays stories side by side, each on a stage of its own. A story that fails names `of`, by which it is played again.
pub(super) async fn play_all<T, F>(name: &str, all: Vec<T>, play: impl Fn(T) -> F) -> Vec<Played>
where
    T: Copy + Debug,
    F: Future<Output = (Played, Vec<Request>)> + Send + 'static,
{
    let stories = all.into_iter().map(|of| {
        let story = tokio::spawn(play(of));
        async move {
            let told = story.await;
            told.unwrap_or_else(|error| panic!("{name} with {of:?}: {error}"))
        }
    });
    let (played, requests): (Vec<_>, Vec<_>) = stream::iter(stories).buffered(STAGES_AT_ONCE).unzip().await;
    write_requests(name, &requests.concat());
    played
}

/// So many calls ring at once, on one stage with mishaps; yields what was wrong, and how often.
async fn crowd(name: &'static str, calls: usize, seed: u64) -> BTreeMap<String, usize> {
    let journey = Journey::on(name, |scene| {
        scene.mishaps = Some(seed);
        scene.seed = seed;
    })
    .await;
    let scripts = [dial_script(), TAKEN.to_owned(), DECLINED.to_owned()];
    let hold = journey.stage.hold();
    let calls: Vec<_> = (0..calls).map(|n| journey.ring(&scripts[n % scripts.len()])).collect();
    drop(hold);
    let mut faults = BTreeMap::new();
    for call in calls {
        let played = journey.rest(&call).await;
        let script = match &played.ledger.script {
            Verdict::Fulfilled => None,
            verdict => Some(format!("{verdict:?}")),
        };
        if let Some(fault) = fault(&played).or(script) {
            eprintln!("{name} {call}: {fault}");
            *faults.entry(fault).or_default() += 1;
        }
    }
    faults
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_calls_at_once_with_mishaps_all_end_as_they_should() {
    assert_eq!(crowd("crowd", 200, 11).await, BTreeMap::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes; .ci/run has it: cargo test --test integration two_thousand_calls_at_once -- --ignored --nocapture"]
async fn two_thousand_calls_at_once_with_mishaps_all_end_as_they_should() {
    let began = Instant::now();
    let faults = crowd("crowd_of_two_thousand", 2_000, 12).await;
    eprintln!("2,000 calls took {:?}", began.elapsed());
    assert_eq!(faults, BTreeMap::new());
}
