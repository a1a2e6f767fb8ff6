//! Time, as the program reads it: everything that waits or compares instants does so through a [`Clock`].

use std::{any::Any, future::Future, pin::Pin, time::Duration};

use jiff::{SignedDuration, Timestamp};

/// Held while what a clock woke is busy. A clock that is not the machine's own may stand still until it is dropped.
pub type Awake = Box<dyn Any + Send>;

/// Waiting until an instant.
pub type Sleep = Pin<Box<dyn Future<Output = Awake> + Send>>;

/// A source of time.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;

    /// Waits until `at`; registered when called, not when first polled. Hold on to what it yields until what it woke is done.
    fn sleep_until(&self, at: Timestamp) -> Sleep;
}

/// The machine's own time.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep_until(&self, at: Timestamp) -> Sleep {
        let wait = at.duration_since(Timestamp::now());
        let sleep = tokio::time::sleep(Duration::try_from(wait).unwrap_or_default());
        Box::pin(async move {
            sleep.await;
            Box::new(()) as Awake
        })
    }
}

/// `instant` and some milliseconds; the end of time where that would be beyond it.
pub fn after_ms(instant: Timestamp, ms: u64) -> Timestamp {
    let ms = i64::try_from(ms).unwrap_or(i64::MAX);
    instant.saturating_add(SignedDuration::from_millis(ms)).unwrap_or(Timestamp::MAX)
}
