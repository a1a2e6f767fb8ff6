//! The bot is killed between an order and Graph's reply: the order becomes one call all the same.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use switchboard::{simulator::contact, stage::Scene, store::CallStore};

use super::{
    desk::{ADA, Desk, Reply, answers, ring},
    stopper::{Point, Stopper},
};

/// How often the bot is killed.
const KILLS: u64 = 200;

/// How many things the bot does in its store until Graph has answered, and a few more.
const DEEDS: usize = 9;

/// How long the machine is given to come to a point that may not be on the way, and to get somewhere before a kill at any time.
const COMES_WITHIN: Duration = Duration::from_millis(300);

/// Where the bot is killed.
#[derive(Debug)]
enum Kill {
    /// At something that it does in its store.
    At(Point),
    /// After a time of the machine's own clock: while it is at Graph, at its socket, or anywhere.
    After(Duration),
}

impl Kill {
    fn of(seed: u64) -> Self {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        match dice.random_bool(0.6) {
            true => Self::At(Point { deed: dice.random_range(0..DEEDS), is_after: dice.random_bool(0.5) }),
            false => Self::After(Duration::from_micros(dice.random_range(0..20_000))),
        }
    }
}

/// On a platform whose replies and notifications are lost and late as its seed has it.
#[tokio::test]
async fn killed_at_200_points_between_the_order_and_the_reply_the_bot_places_each_call_once() {
    let seed = std::env::var("KILLS_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(rand::random::<u32>);
    println!("KILLS_SEED={seed}");
    let stopper = Arc::new(Mutex::new(None::<Arc<Stopper>>));
    let mut desk = Desk::with(
        |scene: &mut Scene| {
            scene.contacts = contact::parse(&answers()).unwrap();
            scene.mishaps = Some(seed.into());
            scene.settings.insert("DIAL_PER_MINUTE", "600".to_owned());
            scene.settings.insert("DIAL_AT_ONCE", "100".to_owned());
        },
        |store| {
            let before = Arc::new(Stopper::before(store));
            *stopper.lock().unwrap() = Some(Arc::clone(&before));
            before as Arc<dyn CallStore>
        },
    )
    .await;
    let stopper = stopper.lock().unwrap().clone().unwrap();
    let mut known = 0;
    for n in 0..KILLS {
        let kill = Kill::of(u64::from(seed) * 1_000 + n);
        let name = format!("order {n}");
        let id = order_and_kill(&mut desk, &stopper, &kill, &name).await;
        let call = desk.over(&id).await;
        let placed = desk.placed();
        let answerable = placed[known..]
            .iter()
            .filter(|call| desk.stage.teams.ledger(call).is_some_and(|ledger| ledger.could_be_answered()))
            .count();
        let tale: Vec<_> = call.journal.entries().map(|entry| format!("{} {} {}", entry.at, entry.kind, entry.result)).collect();
        assert_eq!(answerable, 1, "KILLS_SEED={seed}, order {n}, {kill:?}: {:?}\n{}", placed[known..].to_vec(), tale.join("\n"));
        known = placed.len();
    }
}

/// Orders a call, kills the bot on the way, and orders it again as whoever got no answer does.
async fn order_and_kill(desk: &mut Desk, stopper: &Stopper, kill: &Kill, name: &str) -> String {
    let ordering = desk.ordering(name, &ring(ADA));
    let hold = desk.stage.hold();
    let ordered = tokio::spawn(ordering.send());
    match kill {
        Kill::At(point) => {
            stopper.stop_at(Some(*point));
            // It may be that the bot has nothing so late to do there.
            let _ = tokio::time::timeout(COMES_WITHIN, stopper.stopped()).await;
            stopper.stop_at(None);
        }
        Kill::After(passed) => tokio::time::sleep(*passed).await,
    }
    desk.stage.restart().await.unwrap();
    let first = ordered.await.unwrap();
    drop(hold);
    let again = desk.order(name, &ring(ADA)).await;
    if let Ok(response) = first {
        let first = Reply::of(response).await;
        assert!(first.status != 202 || first == again, "{first:?} and {again:?}");
    }
    again.id()
}
