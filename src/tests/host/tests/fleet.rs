//! Several instances on one account, of which one dies every second.

use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use switchboard::simulator::ledger::Verdict;

use super::super::{
    deployed::{Deployed, Terms},
    running::Role,
};

/// As a Flex plan has it: HTTP on some instances, the timer on its own.
const FLEET: [Role; 4] = [Role::Http, Role::Http, Role::Http, Role::Function("housekeeping")];

/// How often an instance is killed.
const KILLED_EACH: Duration = Duration::from_secs(1);

/// How long after one call the next one rings, so that some are at every point when an instance dies.
const RINGS_EACH: Duration = Duration::from_millis(40);

/// What came of many calls.
#[derive(Debug, Default, PartialEq, Eq)]
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
}

impl Count {
    fn tell(&self) {
        let Self { killed, orphaned, again, .. } = self;
        eprintln!("{killed} instances died, {orphaned} calls lost their actor, {again} prompts were begun again");
    }
}

/// Plays so many calls, while instances die.
async fn play(calls: usize, seed: u64) -> Count {
    let terms = Terms {
        roles: &FLEET,
        is_on_cosmos: true,
        mishaps: Some(seed),
        schedule: "* * * * * *",
        deaths_borne: usize::MAX,
        ..Terms::default()
    };
    let deployed = Deployed::new(terms).await;
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut count = Count::default();
    let killing = async {
        loop {
            tokio::time::sleep(KILLED_EACH).await;
            deployed.hosts[dice.random_range(0..FLEET.len())].kill_handler().await;
            count.killed += 1;
        }
    };
    let calls: Vec<String> = tokio::select! {
        calls = ring_all(&deployed, calls) => calls,
        never = killing => never,
    };
    for call in calls {
        let ledger = deployed.teams.ledger(&call).expect("it rang");
        count.again += ledger.prompts_again;
        if ledger.script != Verdict::Fulfilled {
            count.lost.push(format!(
                "{call}: {:?} {:#?} {:#}",
                ledger,
                deployed.teams.observed(&call),
                deployed.show(&call).await
            ));
        }
        let shown = deployed.show(&call).await;
        let entries = shown["journal"].as_array().map(Vec::as_slice).unwrap_or_default();
        count.orphaned += usize::from(entries.iter().any(|entry| entry["kind"] == "actor_lost"));
        if ledger.answers > 1 || ledger.hang_ups > 1 {
            count.doubled.push(call);
        }
    }
    count
}

/// Lets so many ring, and waits until they are over for everyone.
async fn ring_all(deployed: &Deployed, count: usize) -> Vec<String> {
    let mut calls = Vec::new();
    for _ in 0..count {
        calls.push(deployed.ring());
        tokio::time::sleep(RINGS_EACH).await;
    }
    for call in &calls {
        deployed.rest(call).await;
    }
    calls
}

/// The bot learns of an end that nobody told it half a minute later: that is what takes so long here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_calls_on_dying_instances_all_end_as_they_should() {
    let count = play(100, 5).await;
    count.tell();
    assert_eq!((count.lost, count.doubled), (vec![], vec![]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: cargo test --release --test integration two_thousand_calls_on_dying -- --ignored --nocapture"]
async fn two_thousand_calls_on_dying_instances_all_end_as_they_should() {
    let count = play(2_000, 6).await;
    count.tell();
    assert_eq!((count.lost, count.doubled), (vec![], vec![]));
}
