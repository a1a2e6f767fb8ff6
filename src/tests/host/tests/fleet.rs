//! Several instances on one account, of which one dies every second.

use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use switchboard::simulator::ledger::Verdict;

use super::super::{
    deployed::{Deployed, Terms},
    running::Role,
};

/// Each does everything: whichever is dealt a post, a message or a tick.
const FLEET: [Role; 3] = [Role::All; 3];

/// How often an instance is killed.
const KILLED_EACH: Duration = Duration::from_secs(1);

/// How many may be ringing at once. A machine that is busy otherwise answers more slowly: what is to be seen here is what deaths do,
/// not what overload does.
const MOST_RINGING: usize = 40;

/// How long after the last call rang all must be over.
const OVER_WITHIN: Duration = Duration::from_secs(180);

/// How many of the calls that went wrong are told about.
const MOST_TOLD: usize = 3;

/// The calls that are played.
struct Play {
    calls: u32,
    seed: u64,
    /// How long after one call the next one rings.
    rings_each: Duration,
    /// How long a caller thinks about the menu at least and at most, in milliseconds.
    thinks_ms: (u64, u64),
}

/// What came of many calls.
#[derive(Debug, Default)]
struct Count {
    /// Calls that did not end as they should.
    lost: Vec<String>,
    /// Calls in which something took effect twice.
    doubled: Vec<String>,
    /// Prompts that were begun again.
    again: u32,
    /// Calls whose actor went silent before it was done: it died, mostly.
    orphaned: usize,
    /// Handlers that were killed.
    killed: u32,
    /// The most calls that stood at once.
    at_once: usize,
}

impl Count {
    fn tell(&self) {
        let Self { killed, orphaned, again, at_once, lost, doubled } = self;
        eprintln!(
            "lost {}, doubled {}, prompts begun again {again}; {at_once} calls at once, {killed} instances died, {orphaned} calls lost their actor",
            lost.len(),
            doubled.len()
        );
        lost.iter().chain(doubled).take(MOST_TOLD).for_each(|call| eprintln!("{call}"));
    }

    /// What one call was like.
    fn add(&mut self, deployed: &Deployed, call: &str, shown: &Value) {
        let ledger = deployed.teams.ledger(call).expect("it rang");
        self.again += ledger.prompts_again;
        let entries = shown["journal"].as_array().map(Vec::as_slice).unwrap_or_default();
        self.orphaned += usize::from(entries.iter().any(|entry| entry["kind"] == "actor_lost"));
        let tale = || format!("{call}: {ledger:?} {:#?} {shown:#}", deployed.teams.observed(call));
        if ledger.script != Verdict::Fulfilled {
            self.lost.push(tale());
        }
        if ledger.answers > 1 || ledger.hang_ups > 1 {
            self.doubled.push(tale());
        }
    }
}

/// Plays calls, while instances die.
async fn play(play: Play) -> Count {
    let seed = play.seed;
    let menu_s = u32::try_from(play.thinks_ms.1 / 1_000 + 4).expect("nobody thinks for so long");
    let terms = Terms {
        roles: &FLEET,
        is_on_cosmos: true,
        mishaps: Some(seed),
        schedule: "* * * * * *",
        deaths_borne: usize::MAX,
        menu_s,
        ..Terms::default()
    };
    let deployed = Deployed::new(terms).await;
    deployed.ready().await;
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut count = Count::default();
    let killing = async {
        loop {
            tokio::time::sleep(KILLED_EACH).await;
            deployed.hosts[dice.random_range(0..FLEET.len())].kill_handler().await;
            count.killed += 1;
        }
    };
    let (calls, at_once) = tokio::select! {
        calls = ring_all(&deployed, &play) => calls,
        never = killing => never,
    };
    count.at_once = at_once;
    for call in calls {
        let shown = deployed.show(&call).await;
        count.add(&deployed, &call, &shown);
    }
    count
}

/// Lets all ring, and waits until they are over for everyone; yields them, and how many stood when the last one rang.
async fn ring_all(deployed: &Deployed, play: &Play) -> (Vec<String>, usize) {
    let mut dice = ChaCha8Rng::seed_from_u64(play.seed);
    let mut calls = Vec::new();
    let rings = |call: &String| deployed.teams.ledger(call).is_some_and(|ledger| ledger.answers == 0 && ledger.ended.is_none());
    let mut ringing: Vec<String> = Vec::new();
    for _ in 0..play.calls {
        while ringing.len() >= MOST_RINGING {
            ringing.retain(rings);
            tokio::time::sleep(play.rings_each).await;
        }
        let thinks_ms = dice.random_range(play.thinks_ms.0..=play.thinks_ms.1);
        calls.push(deployed.ring_as(&caller(thinks_ms)));
        ringing.extend(calls.last().cloned());
        tokio::time::sleep(play.rings_each).await;
    }
    let stands = |call: &&String| deployed.teams.ledger(call).is_some_and(|ledger| ledger.ended.is_none());
    let at_once = calls.iter().filter(stands).count();
    let by = Instant::now() + OVER_WITHIN;
    for call in &calls {
        // One that is not over is lost, as its ledger says.
        let _ = deployed.rest_by(call, by).await;
    }
    (calls, at_once)
}

/// A caller who thinks for so long before pressing a key.
fn caller(thinks_ms: u64) -> String {
    format!(
        r#"
        does = [{{ hears = "greeting" }}, {{ hears = "choose", presses = "1", after = "{thinks_ms}ms" }}, {{ hears = "goodbye" }}]
        ends = {{ by = "bot" }}
        "#
    )
}

/// The bot learns of an end that nobody told it half a minute later: that is what takes so long here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_calls_on_dying_instances_all_end_as_they_should() {
    let few = Play { calls: 100, seed: 5, rings_each: Duration::from_millis(40), thinks_ms: (200, 200) };
    let count = play(few).await;
    count.tell();
    assert_eq!((count.lost.len(), count.doubled.len()), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes; .ci/run has it: cargo test --test integration two_thousand_calls_on_dying -- --ignored --nocapture"]
async fn two_thousand_calls_on_dying_instances_all_end_as_they_should() {
    let many = Play { calls: 2_000, seed: 6, rings_each: Duration::from_millis(20), thinks_ms: (46_000, 56_000) };
    let count = play(many).await;
    count.tell();
    assert_eq!((count.lost.len(), count.doubled.len()), (0, 0));
}
