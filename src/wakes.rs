//! How a call wakes itself at a time that is known and that no notification will announce.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::{
    call::CallKey,
    clock::{Awake, Clock},
};

/// Why a call could not be told to wake. Housekeeping finds it a little later.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WakeError(pub String);

/// Wakes calls.
#[async_trait]
pub trait Wakes: Send + Sync {
    /// Wakes a call at an instant, or as soon as possible where that has passed.
    async fn wake_at(&self, call: &CallKey, at: Timestamp) -> Result<(), WakeError>;
}

/// A call whose time has come.
pub struct Woken {
    /// The call.
    pub call: CallKey,
    /// To be held until the call has been seen to.
    pub awake: Awake,
}

/// Timers in this process: enough for one machine. A restart forgets them, and so sets them anew for every call that it finds.
pub struct Timers {
    clock: Arc<dyn Clock>,
    woken: mpsc::UnboundedSender<Woken>,
}

impl Timers {
    /// Timers, and where they tell of calls whose time has come.
    pub fn new(clock: Arc<dyn Clock>) -> (Self, mpsc::UnboundedReceiver<Woken>) {
        let (woken, receiver) = mpsc::unbounded_channel();
        (Self { clock, woken }, receiver)
    }
}

#[async_trait]
impl Wakes for Timers {
    async fn wake_at(&self, call: &CallKey, at: Timestamp) -> Result<(), WakeError> {
        let sleep = self.clock.sleep_until(at);
        let (woken, call) = (self.woken.clone(), call.clone());
        tokio::spawn(async move {
            let awake = sleep.await;
            // Nobody listens any more when the process is about to end: then there is nothing to wake for.
            let _ = woken.send(Woken { call, awake });
        });
        Ok(())
    }
}
