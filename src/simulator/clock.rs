//! The time of the simulated world: real, or virtual and still while anything is under way.
//!
//! What a virtual clock promises: **its time never moves while a [`Hold`] lives**, and everything that is under way has one. The
//! server holds it while a request is in flight, in either direction; a sleeper is woken with a hold for the work it then does;
//! anyone else takes one with [`Clock::hold`]. When the last hold is gone, time jumps to the instant of the earliest sleeper and
//! wakes all that sleep until then, each counted before it is woken, so that time cannot race on.
//!
//! What it does not promise: a task that neither holds nor sleeps is not seen. Before each jump the clock yields a few times so
//! that such tasks usually come first, but that is a courtesy. Nor may anyone sleep under a hold: time would never come to it.

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use jiff::Timestamp;
use tokio::sync::{Notify, oneshot};

/// How often the clock yields to other tasks before it jumps.
const COURTESY: usize = 4;

/// Resolves at its instant, with a hold for the work that follows. Dropped, it is forgotten by the clock.
pub type Sleep = Pin<Box<dyn Future<Output = Hold> + Send>>;

/// A shared clock; clones show the same time.
#[derive(Clone)]
pub struct Clock(Option<Arc<Virtual>>);

/// While one lives a virtual clock stands still. On a real clock it means nothing.
#[must_use = "time moves on when the hold is dropped"]
pub struct Hold(Option<Arc<Virtual>>);

impl Clock {
    /// The machine's own time.
    pub fn real() -> Self {
        Self(None)
    }

    /// A virtual clock that begins at `start`.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime: the task that moves time lives in the one this is called from.
    pub fn virtual_from(start: Timestamp) -> Self {
        let time = Arc::new(Virtual {
            state: Mutex::new(State {
                now: start,
                holds: 0,
                sleepers: BTreeMap::new(),
                registered: 0,
            }),
            idle: Arc::new(Notify::new()),
        });
        tokio::spawn(drive(Arc::downgrade(&time), Arc::clone(&time.idle)));
        Self(Some(time))
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Some(time) => time.state().now,
            None => Timestamp::now(),
        }
    }

    /// Waits until `at`, or not at all if that has passed. Registered when called, not when first polled, so that virtual time
    /// cannot pass over it. The hold it resolves with keeps virtual time still for as long as what it woke is busy.
    pub fn sleep_until(&self, at: Timestamp) -> Sleep {
        match &self.0 {
            Some(time) => Virtual::sleep_until(time, at),
            None => sleep_really(at.duration_since(Timestamp::now())),
        }
    }

    /// Waits this long; otherwise like [`Clock::sleep_until`].
    pub fn sleep(&self, duration: Duration) -> Sleep {
        let at = self.now().saturating_add(duration);
        self.sleep_until(at.unwrap_or(Timestamp::MAX))
    }

    /// Keeps a virtual clock still until dropped.
    pub fn hold(&self) -> Hold {
        if let Some(time) = &self.0 {
            time.state().holds += 1;
        }
        Hold(self.0.clone())
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(time) = &self.0 {
            let mut state = time.state();
            state.holds -= 1;
            if state.holds == 0 {
                time.idle.notify_one();
            }
        }
    }
}

fn sleep_really(duration: jiff::SignedDuration) -> Sleep {
    let until = tokio::time::Instant::now() + duration.try_into().unwrap_or(Duration::ZERO);
    Box::pin(async move {
        tokio::time::sleep_until(until).await;
        Hold(None)
    })
}

/// Moves time whenever nothing holds it, until the last clock is gone.
async fn drive(time: Weak<Virtual>, idle: Arc<Notify>) {
    loop {
        idle.notified().await;
        for _ in 0..COURTESY {
            tokio::task::yield_now().await;
        }
        match time.upgrade() {
            Some(time) => Virtual::jump(&time),
            None => return,
        }
    }
}

struct Virtual {
    state: Mutex<State>,
    /// Told whenever time may be free to move: no hold is left, a sleeper came while there was none, the clock is gone.
    idle: Arc<Notify>,
}

struct State {
    now: Timestamp,
    holds: usize,
    /// By instant, then by order of registration.
    sleepers: BTreeMap<(Timestamp, u64), oneshot::Sender<Hold>>,
    registered: u64,
}

impl Virtual {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sleep_until(self: &Arc<Self>, at: Timestamp) -> Sleep {
        let mut state = self.state();
        if at <= state.now {
            state.holds += 1;
            return Box::pin(std::future::ready(Hold(Some(Arc::clone(self)))));
        }
        let (wake, woken) = oneshot::channel();
        let key = (at, state.registered);
        state.registered += 1;
        state.sleepers.insert(key, wake);
        if state.holds == 0 {
            self.idle.notify_one();
        }
        let sleeper = Sleeper {
            time: Arc::clone(self),
            key,
        };
        Box::pin(async move {
            let hold = woken.await.expect("a sleeper keeps its clock alive");
            drop(sleeper);
            hold
        })
    }

    /// Goes to the earliest sleeper's instant, unless something holds.
    fn jump(self: &Arc<Self>) {
        // A statement of its own: a sleeper that has gone meanwhile gives its hold back below, which takes the lock again.
        let due = self.state().next_due();
        for wake in due {
            drop(wake.send(Hold(Some(Arc::clone(self)))));
        }
    }
}

impl Drop for Virtual {
    fn drop(&mut self) {
        self.idle.notify_one();
    }
}

impl State {
    /// Sets the time to the earliest instant slept for; who is to be woken then, each already counted as a hold.
    fn next_due(&mut self) -> Vec<oneshot::Sender<Hold>> {
        let mut due = Vec::new();
        if self.holds > 0 {
            return due;
        }
        while let Some(first) = self.sleepers.first_entry() {
            let at = first.key().0;
            if !due.is_empty() && at > self.now {
                break;
            }
            self.now = at;
            due.push(first.remove());
        }
        self.holds = due.len();
        due
    }
}

/// A sleeper's place in the queue; leaves it when dropped.
struct Sleeper {
    time: Arc<Virtual>,
    key: (Timestamp, u64),
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        self.time.state().sleepers.remove(&self.key);
    }
}

#[cfg(test)]
mod tests;
