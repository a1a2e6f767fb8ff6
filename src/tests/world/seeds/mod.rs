//! A hundred thousand whole calls of `first_call`, each in a world of mishaps of its own.
//!
//! The platform repeats, delays, reorders and drops notifications, refuses requests and loses replies; deeds take time by chance; and
//! in every third world the bot is killed in the middle of what it does. A seed that fails is printed with all that was seen; with
//! `SEED=n` only the calls of its batch are played, with `SEEDS=n` so many.

mod callers;
mod play;
mod tasks;
mod teams;
mod time;
mod verdict;

use std::{
    cell::RefCell,
    collections::BTreeMap,
    num::NonZero,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Instant,
};

use jiff::Timestamp;
use switchboard::{
    call::{Call, Journal},
    clock::Clock,
    simulator::{
        ledger::{Ledger, Verdict},
        observation::Observation,
        setup::{Caption, Setup},
        world::World,
    },
    stage::{APP_ID, TENANT, captions},
};

use self::{
    callers::{Caller, callers},
    play::{Fault, House, Play},
    teams::Teams,
    time::Time,
    verdict::faults,
};
use super::{
    bot::{BASE_URL, Servers, bot, shelf},
    gate::GatedStore,
};

/// How many worlds are played.
const SEEDS: u64 = 100_000;

/// How many calls are made in one world, one after the other: prompts are fetched once. What befalls each depends on its number.
const BATCH: u64 = 50;

/// How many kinds of callers there are.
const CALLERS: u64 = 6;

/// What came of some calls.
#[derive(Default)]
struct Tally {
    calls: u64,
    begun_again: u64,
    killed: u64,
    killed_and_fulfilled: u64,
    never_answered: u64,
    failures: Vec<String>,
}

#[test]
fn a_hundred_thousand_worlds_of_mishaps_are_survived() {
    let began = Instant::now();
    let batches = match (number("SEED"), number("SEEDS").unwrap_or(SEEDS)) {
        (Some(seed), _) => seed / BATCH..seed / BATCH + 1,
        (None, seeds) => 0..seeds / BATCH,
    };
    let tally = play_all(batches);
    println!(
        "{} calls in {:?}: {} prompts begun again; {} of {} calls whose bot was killed went as if nothing had happened, {} were \
         never answered",
        tally.calls,
        began.elapsed(),
        tally.begun_again,
        tally.killed_and_fulfilled,
        tally.killed,
        tally.never_answered,
    );
    assert!(tally.failures.is_empty(), "{} calls failed; the first:\n{}", tally.failures.len(), tally.failures[0]);
}

/// A number in the environment.
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

/// Plays batches on every core.
fn play_all(batches: std::ops::Range<u64>) -> Tally {
    let next = AtomicU64::new(batches.start);
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let one = || {
            let (house, captions, callers, mut tally) = (house(), captions(&shelf()), callers(), Tally::default());
            loop {
                let batch = next.fetch_add(1, Ordering::Relaxed);
                if batch >= batches.end || tally.failures.len() > 20 {
                    return tally;
                }
                house.teams.state().world = world(batch, captions.clone());
                play_batch(&house, &callers, batch, &mut tally);
            }
        };
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(one)).collect();
        let tallies = threads.into_iter().map(|thread| thread.join().expect("no call panics"));
        tallies.fold(Tally::default(), Tally::and)
    })
}

fn house() -> House {
    let time = Time::new();
    let teams = Teams::new(time.clone());
    let store = Arc::new(GatedStore::new(Arc::new(time.clone())));
    let servers = Servers {
        store: store.clone(),
        transport: Arc::new(teams.clone()),
        recordings: Arc::new(teams.clone()),
        later: Arc::new(teams.clone()),
        clock: Arc::new(time),
    };
    House { app: Arc::new(bot(servers)), store, teams, prompts: RefCell::default() }
}

/// A platform as unkind as the seed wants it.
fn world(seed: u64, captions: BTreeMap<String, Caption>) -> World {
    World::new(Setup {
        app_id: APP_ID.to_owned(),
        tenant: TENANT.to_owned(),
        webhook: format!("{BASE_URL}/api/notifications"),
        base_url: "https://teams.example.org".to_owned(),
        captions,
        mishaps: Some(seed),
        seed,
        legacy_first: seed.is_multiple_of(8),
        ..Setup::default()
    })
}

fn play_batch(house: &House, callers: &[Caller], batch: u64, tally: &mut Tally) {
    let mut now = Timestamp::UNIX_EPOCH;
    for seed in batch * BATCH..(batch + 1) * BATCH {
        house.store.clear();
        house.teams.state().later.clear();
        house.teams.time.reset(now, seed);
        play_one(house, &callers[(seed % CALLERS) as usize], seed, tally);
        now = house.teams.time.now();
    }
}

fn play_one(house: &House, caller: &Caller, seed: u64, tally: &mut Tally) {
    let fault = match seed / CALLERS % 6 {
        0 => Fault::Killed,
        1 => Fault::InstanceLost,
        _ => Fault::None,
    };
    let mut play = Play::begin(house, caller, fault, seed);
    let call = play.play();
    let ledger = house.teams.state().world.ledger(&play.call).cloned().expect("somebody rang");
    let wrong = match &call {
        Some(call) => faults(caller, fault, &ledger, call, &house.store, &house.teams),
        None => vec!["it did not come to rest".to_owned()],
    };
    let seen = house.teams.state().world.observations();
    tally.count(fault, &ledger);
    if !wrong.is_empty() {
        let call = call.or_else(|| house.store.peek(&play.key, Timestamp::UNIX_EPOCH));
        let told = tell(&seen, &ledger, call.as_ref());
        tally.failures.push(format!("seed {seed}, {fault:?}, the caller {}: {wrong:#?}\n{told}", caller.name));
    }
}

/// All that is known of a call that went wrong.
fn tell(seen: &[Observation], ledger: &Ledger, call: Option<&Call>) -> String {
    let seen: Vec<_> = seen.iter().map(|seen| format!("{} {:?}", seen.at, seen.what)).collect();
    let entries = call.map(|call| call.journal.entries().map(|entry| format!("{entry:?}")).collect::<Vec<_>>());
    let call = call.map(|call| Call { journal: Journal::default(), ..call.clone() });
    format!("{}\n\n{}\n\n{ledger:?}\n\n{call:?}", seen.join("\n"), entries.unwrap_or_default().join("\n"))
}

impl Tally {
    fn count(&mut self, fault: Fault, ledger: &Ledger) {
        self.calls += 1;
        self.begun_again += u64::from(ledger.prompts_again);
        if fault != Fault::None {
            self.killed += 1;
            self.killed_and_fulfilled += u64::from(ledger.script == Verdict::Fulfilled);
            self.never_answered += u64::from(ledger.answers == 0);
        }
    }

    fn and(mut self, other: Self) -> Self {
        self.calls += other.calls;
        self.begun_again += other.begun_again;
        self.killed += other.killed;
        self.killed_and_fulfilled += other.killed_and_fulfilled;
        self.never_answered += other.never_answered;
        self.failures.extend(other.failures);
        self
    }
}
