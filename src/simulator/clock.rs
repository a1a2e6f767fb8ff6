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
            state: Mutex::new(State { now: start, holds: 0, sleepers: BTreeMap::new(), registered: 0 }),
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
        let sleeper = Sleeper { time: Arc::clone(self), key };
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
mod tests {
    use proptest::prelude::*;
    use tokio::task::JoinSet;

    use super::*;

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    fn second(n: i64) -> Timestamp {
        Timestamp::from_second(n).unwrap()
    }

    /// Everything the runtime has to do without time moving is done after this.
    async fn let_others_run() {
        for _ in 0..10 * COURTESY {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn an_hour_takes_no_time() {
        let clock = Clock::virtual_from(START);
        let _hold = clock.sleep(Duration::from_secs(3600)).await;
        assert_eq!(clock.now(), second(3600));
    }

    #[tokio::test]
    async fn an_instant_that_has_passed_is_not_waited_for_even_under_a_hold() {
        let clock = Clock::virtual_from(second(10));
        let _hold = clock.hold();
        let _woken = clock.sleep_until(second(9)).await;
        let _woken = clock.sleep_until(second(10)).await;
        assert_eq!(clock.now(), second(10));
    }

    #[tokio::test]
    async fn time_stands_still_while_a_hold_lives() {
        let clock = Clock::virtual_from(START);
        let hold = clock.hold();
        let sleeper = tokio::spawn(clock.sleep_until(second(1)));
        let_others_run().await;
        assert_eq!(clock.now(), START);
        drop(hold);
        let _woken = sleeper.await.unwrap();
        assert_eq!(clock.now(), second(1));
    }

    #[tokio::test]
    async fn time_stands_still_while_a_sleeper_is_busy() {
        let clock = Clock::virtual_from(START);
        let later = tokio::spawn(clock.sleep_until(second(2)));
        let busy = clock.sleep_until(second(1)).await;
        let_others_run().await;
        assert_eq!(clock.now(), second(1));
        assert!(!later.is_finished());
        drop(busy);
        let _woken = later.await.unwrap();
        assert_eq!(clock.now(), second(2));
    }

    #[tokio::test]
    async fn a_woken_sleeper_that_has_not_run_yet_already_holds() {
        let clock = Clock::virtual_from(START);
        let unpolled = clock.sleep_until(second(1));
        let _later = clock.sleep_until(second(2));
        let_others_run().await;
        assert_eq!(clock.now(), second(1));
        drop(unpolled);
        let_others_run().await;
        assert_eq!(clock.now(), second(2));
    }

    #[tokio::test]
    async fn a_sleep_counts_from_the_call_not_from_its_first_poll() {
        let clock = Clock::virtual_from(START);
        let early = clock.sleep_until(second(1));
        let late = clock.sleep_until(second(2));
        let wait_for_late = async { (late.await, clock.now()).1 };
        let wait_for_early = async { (early.await, clock.now()).1 };
        assert_eq!(tokio::join!(wait_for_late, wait_for_early), (second(2), second(1)));
    }

    #[tokio::test]
    async fn a_sleeper_that_gave_up_does_not_draw_time_to_it() {
        let clock = Clock::virtual_from(START);
        drop(clock.sleep_until(second(1)));
        let _woken = clock.sleep_until(second(2)).await;
        assert_eq!(clock.now(), second(2));
    }

    #[tokio::test]
    async fn sleepers_of_one_instant_are_awake_together() {
        let clock = Clock::virtual_from(START);
        let (one, other) = (clock.sleep_until(second(1)), clock.sleep_until(second(1)));
        let (_one, _other) = tokio::join!(one, other);
        assert_eq!(clock.now(), second(1));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn ten_thousand_sleepers_on_two_threads_each_see_their_own_instant() {
        let clock = Clock::virtual_from(START);
        let mut sleepers = JoinSet::new();
        let hold = clock.hold();
        for n in 0..10_000_i64 {
            let (clock, at) = (clock.clone(), second(1 + n * 7919 % 5000));
            // Registered here, under the hold: a task may begin only after time has moved on.
            let sleep = clock.sleep_until(at);
            sleepers.spawn(async move {
                let _hold = sleep.await;
                tokio::task::yield_now().await;
                assert_eq!(clock.now(), at);
            });
        }
        drop(hold);
        while let Some(slept) = sleepers.join_next().await {
            slept.unwrap();
        }
        assert!(clock.now() <= second(5000));
    }

    #[tokio::test]
    async fn the_real_clock_wakes_at_or_after_its_instant_and_never_holds() {
        let clock = Clock::real();
        let at = clock.now() + Duration::from_millis(2);
        let _first = clock.sleep_until(at).await;
        let _second = clock.sleep(Duration::from_millis(1)).await;
        assert!(clock.now() >= at);
    }

    proptest! {
        #[test]
        fn whoever_sleeps_time_visits_every_instant_in_order(plans in prop::collection::vec(prop::collection::vec(0u64..50, 1..6), 1..8)) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let seen = runtime.block_on(visit(&plans));
            let mut expected: Vec<i64> = plans.iter().flat_map(|plan| plan.iter().scan(0, |at, step| {
                *at += i64::try_from(*step).unwrap();
                Some(*at)
            })).collect();
            expected.sort_unstable();
            prop_assert_eq!(seen, expected);
        }
    }

    /// Each plan is a task that sleeps step after step; answers the seconds seen by all, in the order of waking.
    async fn visit(plans: &[Vec<u64>]) -> Vec<i64> {
        let clock = Clock::virtual_from(START);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = JoinSet::new();
        let start = clock.hold();
        for plan in plans.iter().cloned() {
            let (clock, seen) = (clock.clone(), Arc::clone(&seen));
            let mut asleep = clock.sleep(Duration::from_secs(plan[0]));
            tasks.spawn(async move {
                for next in plan[1..].iter().map(Some).chain([None]) {
                    let hold = asleep.await;
                    seen.lock().unwrap().push(clock.now().as_second());
                    asleep = clock.sleep(Duration::from_secs(next.copied().unwrap_or_default()));
                    drop(hold);
                }
            });
        }
        drop(start);
        tasks.join_all().await;
        seen.lock().unwrap().clone()
    }
}
