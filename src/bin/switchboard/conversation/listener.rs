//! What is observed and what is stored, in the one order in which it happened.

use std::{
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use jiff::Timestamp;
use serde_json::Value;
use switchboard::{call::Call, order::Order, simulator::observation::Observation};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// A document as it was stored, and when.
pub(crate) struct Kept {
    pub(crate) at: Timestamp,
    pub(crate) call: Call,
}

/// One thing that happened.
pub(crate) enum Heard {
    /// In the simulated Teams.
    Observed(Observation),
    /// In the bot's store.
    Kept(Box<Kept>),
    /// An order was stored.
    Ordered(Box<Order>, Timestamp),
    /// A hook was told: a CloudEvent.
    Told(Value),
}

/// Hears both.
pub(crate) struct Listener {
    sources: Sources,
    heard: UnboundedReceiver<Heard>,
}

/// Where what is heard comes together. What was observed before a document was stored is heard before it: the bot stores what it
/// owes before it does it, and that is to be seen.
#[derive(Clone)]
pub(crate) struct Sources(Arc<Mutex<Merged>>);

struct Merged {
    observations: Option<UnboundedReceiver<Observation>>,
    heard: UnboundedSender<Heard>,
}

impl Listener {
    /// Hears only documents, until it is told where observations come from.
    pub(crate) fn new() -> Self {
        let (sender, heard) = unbounded_channel();
        Self { sources: Sources(Arc::new(Mutex::new(Merged { observations: None, heard: sender }))), heard }
    }

    /// Hears these too.
    pub(crate) fn observe(&mut self, observations: UnboundedReceiver<Observation>) {
        self.sources.merged().observations = Some(observations);
    }

    pub(crate) fn sources(&self) -> Sources {
        self.sources.clone()
    }

    /// What happens next.
    pub(crate) async fn next(&mut self) -> Heard {
        poll_fn(|context| self.poll(context)).await
    }

    /// What has happened and was not heard yet.
    pub(crate) fn rest(&mut self) -> Vec<Heard> {
        self.sources.merged().take_observations();
        std::iter::from_fn(|| self.heard.try_recv().ok()).collect()
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Heard> {
        self.sources.merged().poll_observations(context);
        match self.heard.poll_recv(context) {
            Poll::Ready(Some(heard)) => Poll::Ready(heard),
            // Never the end: a sender is among our own sources.
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }
}

impl Sources {
    /// Hears of a document.
    pub(super) fn keep(&self, kept: Kept) {
        let mut merged = self.merged();
        merged.take_observations();
        merged.hear(Heard::Kept(Box::new(kept)));
    }

    /// Hears of an order.
    pub(super) fn order(&self, order: Order, at: Timestamp) {
        let mut merged = self.merged();
        merged.take_observations();
        merged.hear(Heard::Ordered(Box::new(order), at));
    }

    /// Hears what a hook was told.
    pub(crate) fn tell(&self, event: Value) {
        let mut merged = self.merged();
        merged.take_observations();
        merged.hear(Heard::Told(event));
    }

    fn merged(&self) -> MutexGuard<'_, Merged> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Merged {
    fn take_observations(&mut self) {
        while let Some(Ok(observation)) = self.observations.as_mut().map(UnboundedReceiver::try_recv) {
            self.hear(Heard::Observed(observation));
        }
    }

    fn poll_observations(&mut self, context: &mut Context<'_>) {
        let Some(mut observations) = self.observations.take() else { return };
        while let Poll::Ready(Some(observation)) = observations.poll_recv(context) {
            self.hear(Heard::Observed(observation));
        }
        self.observations = Some(observations);
    }

    fn hear(&self, heard: Heard) {
        // Who no longer listens has heard enough.
        let _ = self.heard.send(heard);
    }
}
