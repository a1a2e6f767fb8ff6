//! What is to happen later: a call's own alarm, and events that could not be dealt with at once.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::{
    call::Message,
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
