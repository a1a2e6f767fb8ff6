//! What is to happen later: a call's own alarm, and events that could not be dealt with at once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::{
    call::{Address, CallKey, Event, Message},
    clock::{Awake, Clock},
};

/// Why an event cannot be brought later.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct LaterError(pub String);

/// Brings events to the functions of their types.
#[async_trait]
pub trait Later: Send + Sync {
    /// Brings an event at an instant, or as soon as possible where that has passed. What this returns from, no crash forgets, where
    /// the bot is more than one machine.
    async fn bring(&self, message: &Message, at: Timestamp) -> Result<(), LaterError>;

    /// Puts an event aside that can never be dealt with, for somebody to look at, with the reason.
    async fn put_aside(&self, message: &Message, reason: &str) -> Result<(), LaterError>;

    /// Puts aside what came to a function of this name and cannot be read, with the reason; `text` is kept as it is.
    ///
    /// Fails where there is no place to put it, as where no queue brings anything.
    async fn put_aside_unread(&self, function: &str, _text: &str, _reason: &str) -> Result<(), LaterError> {
        Err(LaterError(format!("there is no queue beside that of {function}")))
    }
}

/// Wakes a call once where several turns of this process ask for the same instant, as those of a call do that Graph has throttled.
///
/// Only what has been brought, and so is sure to come, spares another. A wake at an earlier instant spares none: when it comes, nothing
/// may have changed, and a turn in which nothing changes asks for no further one.
pub struct OneWake<L> {
    later: L,
    clock: Arc<dyn Clock>,
    /// The last instant for which each call was seen to, as long as it is to come.
    awaited: Mutex<HashMap<CallKey, Timestamp>>,
}

impl<L> OneWake<L> {
    /// Before what brings everything.
    pub fn before(later: L, clock: Arc<dyn Clock>) -> Self {
        Self { later, clock, awaited: Mutex::default() }
    }

    /// What was being written when a thread panicked is a whole entry all the same.
    fn awaited(&self) -> MutexGuard<'_, HashMap<CallKey, Timestamp>> {
        self.awaited.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl<L: Later> Later for OneWake<L> {
    async fn bring(&self, message: &Message, at: Timestamp) -> Result<(), LaterError> {
        let (Event::Wake, Address::Ours(key)) = (&message.arrival.event, &message.address) else {
            return self.later.bring(message, at).await;
        };
        let now = self.clock.now();
        if at > now && self.awaited().get(key) == Some(&at) {
            return Ok(());
        }
        self.later.bring(message, at).await?;
        let mut awaited = self.awaited();
        awaited.retain(|_, at| *at > now);
        if at > now {
            awaited.insert(key.clone(), at);
        }
        Ok(())
    }

    async fn put_aside(&self, message: &Message, reason: &str) -> Result<(), LaterError> {
        self.later.put_aside(message, reason).await
    }

    async fn put_aside_unread(&self, function: &str, text: &str, reason: &str) -> Result<(), LaterError> {
        self.later.put_aside_unread(function, text, reason).await
    }
}

/// An event whose time has come.
pub struct Brought {
    /// The event.
    pub message: Message,
    /// To be held until it has been dealt with.
    pub awake: Awake,
}

/// Timers in this process: enough for one machine. A restart forgets them; housekeeping, which runs at once then, does not forget
/// the calls.
pub struct Timers {
    clock: Arc<dyn Clock>,
    brought: mpsc::UnboundedSender<Brought>,
}

impl Timers {
    /// Timers, and where they tell of events whose time has come.
    pub fn new(clock: Arc<dyn Clock>) -> (Self, mpsc::UnboundedReceiver<Brought>) {
        let (brought, receiver) = mpsc::unbounded_channel();
        (Self { clock, brought }, receiver)
    }
}

#[async_trait]
impl Later for Timers {
    async fn bring(&self, message: &Message, at: Timestamp) -> Result<(), LaterError> {
        let sleep = self.clock.sleep_until(at);
        let (brought, message) = (self.brought.clone(), message.clone());
        tokio::spawn(async move {
            let awake = sleep.await;
            // Nobody listens any more when the process is about to end: then there is nothing to bring it to.
            let _ = brought.send(Brought { message, awake });
        });
        Ok(())
    }

    async fn put_aside(&self, message: &Message, reason: &str) -> Result<(), LaterError> {
        tracing::error!(call = message.address.call(), outcome = "lost", "an event was given up: {reason}");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::clock::SystemClock;

    /// Brings nothing and says what it was asked to bring, unless it is out of order.
    #[derive(Default)]
    struct Asked {
        ats: Mutex<Vec<Timestamp>>,
        is_out_of_order: bool,
    }

    #[async_trait]
    impl Later for Arc<Asked> {
        async fn bring(&self, _: &Message, at: Timestamp) -> Result<(), LaterError> {
            self.ats.lock().unwrap().push(at);
            if self.is_out_of_order { Err(LaterError("out of order".to_owned())) } else { Ok(()) }
        }

        async fn put_aside(&self, _: &Message, _: &str) -> Result<(), LaterError> {
            Ok(())
        }
    }

    /// How often each is brought, of wakes for two calls in so many seconds.
    async fn brought(asked: Asked, wakes: &[(&str, i64)]) -> Vec<i64> {
        let (asked, now) = (Arc::new(asked), Timestamp::now());
        let later = OneWake::before(Arc::clone(&asked), Arc::new(SystemClock));
        for (call, seconds) in wakes {
            let wake = Message::wake(&CallKey::parse(call).unwrap(), now);
            let _ = later.bring(&wake, now + SignedDuration::from_secs(*seconds)).await;
        }
        let ats = asked.ats.lock().unwrap();
        ats.iter().map(|at| at.duration_since(now).as_secs()).collect()
    }

    #[tokio::test]
    async fn a_call_is_woken_once_for_the_same_instant_and_again_for_any_other() {
        let wakes = [("ada", 60), ("ada", 60), ("bob", 60), ("ada", 90), ("ada", 60), ("ada", 60)];
        assert_eq!(brought(Asked::default(), &wakes).await, [60, 60, 90, 60]);
    }

    #[tokio::test]
    async fn what_is_due_at_once_or_was_not_brought_is_asked_for_again() {
        assert_eq!(brought(Asked::default(), &[("ada", 0), ("ada", 0), ("ada", -5), ("ada", -5)]).await, [0, 0, -5, -5]);
        let broken = Asked { is_out_of_order: true, ..Asked::default() };
        assert_eq!(brought(broken, &[("ada", 60), ("ada", 60)]).await, [60, 60]);
    }
}
