//! Time that stands still until it is moved by hand, and the chance by which deeds take some of it.

use std::{
    collections::BTreeMap,
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use switchboard::clock::{Awake, Clock, Sleep};

use crate::world::gate::{Deed, Gate};

/// The present, and who waits for what.
#[derive(Clone)]
pub(super) struct Time(Arc<Mutex<Present>>);

struct Present {
    now: Timestamp,
    alarms: BTreeMap<(Timestamp, u64), Waker>,
    count: u64,
    dice: ChaCha8Rng,
}

impl Time {
    pub(super) fn new() -> Self {
        let dice = ChaCha8Rng::seed_from_u64(0);
        Self(Arc::new(Mutex::new(Present { now: Timestamp::UNIX_EPOCH, alarms: BTreeMap::new(), count: 0, dice })))
    }

    /// Begins anew. How long things take from now on depends on the seed.
    pub(super) fn reset(&self, now: Timestamp, seed: u64) {
        *self.present() = Present { now, alarms: BTreeMap::new(), count: 0, dice: ChaCha8Rng::seed_from_u64(seed) };
    }

    /// When somebody waits no longer.
    pub(super) fn next_at(&self) -> Option<Timestamp> {
        self.present().alarms.keys().next().map(|(at, _)| *at)
    }

    /// Moves on to an instant.
    pub(super) fn advance(&self, now: Timestamp) {
        let mut present = self.present();
        present.now = present.now.max(now);
        let later = present.alarms.split_off(&(now, u64::MAX));
        for (_, waker) in std::mem::replace(&mut present.alarms, later) {
            waker.wake();
        }
    }

    fn present(&self) -> MutexGuard<'_, Present> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for Time {
    fn now(&self) -> Timestamp {
        self.present().now
    }

    fn sleep_until(&self, at: Timestamp) -> Sleep {
        Box::pin(Alarm { time: self.clone(), at, set: None })
    }
}

impl Gate for Time {
    /// Most deeds take no time, so that chance alone says which is first; some take a little, few nearly a second.
    fn pass(&self, _: Deed) -> BoxFuture<'static, ()> {
        let now = self.now();
        let dice = &mut self.present().dice;
        let ms = match dice.random_range(0..1000) {
            0..700 => 0,
            700..950 => dice.random_range(1..=30),
            950..995 => dice.random_range(31..=400),
            _ => dice.random_range(401..=900),
        };
        match ms {
            0 => Box::pin(yield_once()),
            _ => {
                let sleep = self.sleep_until(now + SignedDuration::from_millis(ms));
                Box::pin(async move { drop(sleep.await) })
            }
        }
    }
}

async fn yield_once() {
    let mut is_second = false;
    poll_fn(|context| {
        if std::mem::replace(&mut is_second, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Somebody waits.
struct Alarm {
    time: Time,
    at: Timestamp,
    set: Option<(Timestamp, u64)>,
}

impl Future for Alarm {
    type Output = Awake;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Awake> {
        let time = self.time.clone();
        let mut present = time.present();
        if present.now >= self.at {
            return Poll::Ready(Box::new(()));
        }
        present.count += 1;
        let key = self.set.unwrap_or((self.at, present.count));
        present.alarms.insert(key, context.waker().clone());
        drop(present);
        self.set = Some(key);
        Poll::Pending
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        if let Some(key) = self.set {
            self.time.present().alarms.remove(&key);
        }
    }
}
