//! Where a host takes its messages from.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::envelope::guid;

/// A message, taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    /// Its id.
    pub(crate) id: String,
    /// What only its latest taker has; others can no longer delete or hide it.
    pub(crate) pop_receipt: String,
    /// How often it was taken, this time included.
    pub(crate) dequeue_count: u32,
    /// Since when it is in the queue.
    pub(crate) inserted: Timestamp,
    /// When it will be dropped.
    pub(crate) expires: Timestamp,
    /// Until when it is hidden.
    pub(crate) next_visible: Timestamp,
    /// As it is in the queue: base64, mostly.
    pub(crate) text: String,
}

/// Queues, as a host uses them.
#[async_trait]
pub(crate) trait MessageSource: Send + Sync {
    /// Takes at most so many visible messages, and hides them for so long.
    async fn take(&self, queue: &str, most: usize, hidden_for: Duration) -> Vec<Message>;

    /// Deletes one; nothing if somebody else took it meanwhile.
    async fn delete(&self, queue: &str, message: &Message);

    /// Lets one be seen again after a while; nothing if somebody else took it meanwhile.
    async fn release(&self, queue: &str, message: &Message, hidden_for: Duration);

    /// Puts one, and makes the queue if there is none.
    async fn put(&self, queue: &str, text: &str);
}

/// Queues in this process.
#[derive(Debug, Default)]
pub(crate) struct InMemory(Mutex<BTreeMap<String, Vec<Message>>>);

impl InMemory {
    /// What is in a queue, hidden or not.
    pub(crate) fn all(&self, queue: &str) -> Vec<Message> {
        self.queues().get(queue).cloned().unwrap_or_default()
    }

    fn queues(&self) -> MutexGuard<'_, BTreeMap<String, Vec<Message>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl MessageSource for InMemory {
    async fn take(&self, queue: &str, most: usize, hidden_for: Duration) -> Vec<Message> {
        let now = Timestamp::now();
        let mut queues = self.queues();
        let visible = queues.entry(queue.to_owned()).or_default().iter_mut().filter(|message| message.next_visible <= now);
        let taken = visible.take(most).map(|message| {
            message.dequeue_count += 1;
            message.pop_receipt = guid();
            message.next_visible = after(now, hidden_for);
            message.clone()
        });
        taken.collect()
    }

    async fn delete(&self, queue: &str, message: &Message) {
        self.queues().entry(queue.to_owned()).or_default().retain(|kept| kept.pop_receipt != message.pop_receipt);
    }

    async fn release(&self, queue: &str, message: &Message, hidden_for: Duration) {
        let mut queues = self.queues();
        let mut messages = queues.entry(queue.to_owned()).or_default().iter_mut();
        if let Some(kept) = messages.find(|kept| kept.pop_receipt == message.pop_receipt) {
            kept.next_visible = after(Timestamp::now(), hidden_for);
        }
    }

    async fn put(&self, queue: &str, text: &str) {
        let now = Timestamp::now();
        let message = Message {
            id: guid(),
            pop_receipt: guid(),
            dequeue_count: 0,
            inserted: now,
            expires: after(now, Duration::from_secs(7 * 86_400)),
            next_visible: now,
            text: text.to_owned(),
        };
        self.queues().entry(queue.to_owned()).or_default().push(message);
    }
}

fn after(instant: Timestamp, time: Duration) -> Timestamp {
    let time = SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
    instant.saturating_add(time).unwrap_or(Timestamp::MAX)
}
