//! Plays tests, side by side: each on a stage of its own, so that none can disturb another.

use std::{
    error::Error,
    path::Path,
    sync::Arc,
    thread::available_parallelism,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use switchboard::{
    call::{Call, Entry},
    simulator::{
        clock::Clock,
        keys::Keys,
        ledger::Ledger,
        observation::{Observation, Seen},
    },
    stage::{Scene, Stage},
    store::{Memory, Switches},
};
use tokio::{sync::Semaphore, task::JoinSet};

use super::{
    begin::{DIAL_ALLOW, begin, contacts, meetings},
    difference::{self, Difference},
    find::Test,
    hooks::{Hooks, Told},
    tell::tell,
};
use crate::scratch::Scratch;

/// How long one call may take, in real time. They take milliseconds.
const AT_MOST: Duration = Duration::from_secs(60);

/// A test that was played.
pub(super) struct Played {
    pub(super) test: Test,
    /// What was seen and heard, in order.
    pub(super) seen: Vec<Observation>,
    /// The steps that the call came to, each with the outcome that led there.
    pub(super) steps: Vec<Came>,
    pub(super) difference: Option<Difference>,
}

impl Played {
    /// It went as the test says.
    pub(super) fn passed(&self) -> bool {
        self.difference.is_none()
    }

    /// How long the call lasted, in virtual milliseconds.
    pub(super) fn lasted_ms(&self) -> i64 {
        match (self.seen.first(), self.seen.last()) {
            (Some(first), Some(last)) => last.at.as_millisecond() - first.at.as_millisecond(),
            _ => 0,
        }
    }
}

/// A step that a call came to.
pub(super) struct Came {
    /// The flow whose step it is.
    pub(super) flow: String,
    pub(super) step: String,
    /// The outcome of the step before.
    pub(super) by: Option<String>,
}

/// What all stages have in common.
struct Shared {
    flows: std::path::PathBuf,
    scratch: Scratch,
    keys: Keys,
    lanes: Semaphore,
}

/// Plays all tests with the flows of a folder; yields them in the order given.
pub(super) async fn all(tests: Vec<Test>, flows: &Path) -> Result<Vec<Played>, Box<dyn Error>> {
    let lanes = available_parallelism().map_or(2, usize::from) * 2;
    let shared = Arc::new(Shared {
        flows: flows.to_owned(),
        scratch: Scratch::new()?,
        keys: Keys::generate()?,
        lanes: Semaphore::new(lanes),
    });
    let mut playing = JoinSet::new();
    for (number, test) in tests.into_iter().enumerate() {
        let shared = Arc::clone(&shared);
        playing.spawn(async move {
            let _lane = shared.lanes.acquire().await;
            (number, play(test, number, &shared).await)
        });
    }
    let mut played = Vec::new();
    while let Some(done) = playing.join_next().await {
        let (number, one) = done?;
        played.push((number, one?));
    }
    played.sort_by_key(|(number, _)| *number);
    Ok(played.into_iter().map(|(_, played)| played).collect())
}

async fn play(test: Test, number: usize, shared: &Shared) -> Result<Played, String> {
    let fault = |error: &dyn std::fmt::Display| format!("{}:{}: {error}", test.file, test.trial.line);
    let began = Instant::now();
    let mut scene = Scene::new(shared.flows.clone(), &test.flow.name, &shared.scratch.0.join(number.to_string()));
    scene.clock = Clock::virtual_from(test.trial.given.clock.unwrap_or_else(Timestamp::now));
    scene.keys = Some(shared.keys.clone());
    let hooks = Hooks::start(&test.trial.given).await.map_err(|error| fault(&error))?;
    scene.hooks = hooks.urls(&test.flow);
    (scene.contacts, scene.meetings) = (contacts(&test.trial), meetings(&test.trial));
    scene.settings.insert("DIAL_ALLOW", DIAL_ALLOW.to_owned());
    let store = Memory::new();
    for switch in &test.trial.given.switches {
        store.set_switch(switch, true).await.map_err(|error| fault(&error))?;
    }
    let stage = Stage::on(scene, Arc::new(store)).await.map_err(|error| fault(&error))?;
    let begun = begin(&test.trial, &test.flow.name, &stage).await.map_err(|error| fault(&error))?;
    let going = async { tokio::join!(stage.rest_of(begun.call.as_deref(), &begun.key), tell(&test.trial, &begun, &stage)) };
    let gone = tokio::time::timeout(AT_MOST.saturating_sub(began.elapsed()), going).await;
    let (call, told_at) = gone.map_err(|_| fault(&"the call does not come to its end"))?;
    let (call, told_at) = (call.map_err(|error| fault(&error))?, told_at.map_err(|error| fault(&error))?);
    let ledger = begun.call.as_deref().and_then(|call| stage.teams.ledger(call)).unwrap_or_default();
    let seen = begun.seen(&stage);
    let difference = difference::in_talk(&test.trial, &seen, &told_at);
    Ok(judge(test, seen, difference, &ledger, call.as_ref(), &hooks.told()))
}

fn judge(
    test: Test,
    seen: Vec<Observation>,
    in_talk: Option<Difference>,
    ledger: &Ledger,
    call: Option<&Call>,
    told: &[Told],
) -> Played {
    let (trial, shown) = (&test.trial, seen.len());
    let difference =
        in_talk.or_else(|| difference::in_rest(trial, shown, ledger, call)).or_else(|| difference::in_told(trial, shown, told));
    let steps = call.map(|call| walk(call, &test.flow.name, &seen)).unwrap_or_default();
    Played { test, seen, steps, difference }
}

/// The steps that the journal tells of.
fn walk(call: &Call, flow: &str, seen: &[Observation]) -> Vec<Came> {
    let mut flow = flow.to_owned();
    let mut walk = Vec::new();
    for entry in call.journal.entries() {
        match entry.kind.as_str() {
            "flow" => flow.clone_from(&entry.result),
            "step" => walk.push(Came { flow: flow.clone(), step: entry.result.clone(), by: by(entry, seen) }),
            _ => {}
        }
    }
    walk
}

/// The outcome that led to a step. The journal does not say which key it was; whoever watched the caller knows.
fn by(entry: &Entry, seen: &[Observation]) -> Option<String> {
    let so_far = seen.iter().take_while(|observation| observation.at <= entry.at);
    let keys = so_far.filter_map(|observation| match observation.what {
        Seen::Pressed { key, .. } => Some(key),
        _ => None,
    });
    match (entry.by.as_deref(), keys.last()) {
        (Some("keys"), Some(key)) => Some(format!("keys.{key}")),
        (by, _) => by.map(str::to_owned),
    }
}
