//! Putting messages on queues.

use std::{future::Future, sync::Arc, time::Duration};

use azure_storage_queue::{
    QueueClient, QueueServiceClient,
    models::{QueueClientGetPropertiesResultHeaders, QueueClientSendMessageOptions, QueueMessage},
};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    body::{LONGEST_MESSAGE, encode},
    connection,
    error::QueueError,
};
use crate::{clock::Clock, config::HostStorage};

/// How long putting a message may take: whoever does it still has to answer Graph.
pub(super) const PUT_WITHIN: Duration = Duration::from_secs(1);

/// How long anything may take that nobody on the telephone waits for. Signing in at a desk is part of it.
pub(super) const PATIENT: Duration = Duration::from_secs(30);

/// How long a message is kept from when it may be seen.
const KEPT_FOR: Duration = Duration::from_secs(7 * 86_400);

/// The longest delay that a queue takes.
const LONGEST_DELAY: Duration = Duration::from_secs(7 * 86_400);

/// The queues of the Functions host's storage account.
pub struct Queues {
    service: QueueServiceClient,
    clock: Arc<dyn Clock>,
}

impl Queues {
    /// Opens the queues of an account. Nothing is asked of it before they are used.
    ///
    /// # Errors
    /// [`QueueError::Unopened`], e.g. where a managed identity is to be shown over plain HTTP.
    pub fn open(storage: &HostStorage, clock: Arc<dyn Clock>) -> Result<Self, QueueError> {
        Ok(Self { service: connection::open(storage, Arc::clone(&clock))?, clock })
    }

    /// Puts a message on a queue, to be seen after a delay, which is cut to seven days and otherwise rounded up to whole seconds.
    /// It is written as the only item of a JSON array and kept for seven days from then.
    ///
    /// Takes at most a second; a request that failed in passing is sent again within it. A message may so be there twice.
    ///
    /// # Errors
    /// [`QueueError`]: the message is not there, or after [`QueueError::TimedOut`] nobody knows.
    pub async fn put<T: Serialize + Sync>(&self, queue: &str, message: &T, delay: Duration) -> Result<(), QueueError> {
        let unwritable = |source| QueueError::Unwritable { queue: queue.to_owned(), source };
        let json = serde_json::to_string(&[message]).map_err(unwritable)?;
        self.send(queue, encode(queue, &json, LONGEST_MESSAGE)?, Kept::after(delay), PUT_WITHIN).await
    }

    /// Puts a message on a queue as [`Self::put`] does, to be seen at an instant, or at once where that has passed.
    ///
    /// # Errors
    /// [`QueueError`], as [`Self::put`].
    pub async fn put_at<T: Serialize + Sync>(&self, queue: &str, message: &T, at: Timestamp) -> Result<(), QueueError> {
        let delay = Duration::try_from(at.duration_since(self.now())).unwrap_or_default();
        self.put(queue, message, delay).await
    }

    /// How many messages a queue holds, about; those that wait for their time included.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn count(&self, queue: &str) -> Result<u64, QueueError> {
        let client = self.client(queue)?;
        let properties = within(PATIENT, queue, client.get_properties(None)).await?;
        let count = properties.approximate_messages_count().ok().flatten();
        count.and_then(|count| u64::try_from(count).ok()).ok_or_else(|| QueueError::Unreadable(queue.to_owned()))
    }

    /// Makes a queue where there is none.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn create(&self, queue: &str) -> Result<(), QueueError> {
        within(PATIENT, queue, self.client(queue)?.create(None)).await.map(drop)
    }

    pub(super) async fn send(&self, queue: &str, body: String, kept: Kept, limit: Duration) -> Result<(), QueueError> {
        let message = QueueMessage { message_text: Some(body) };
        let message = message.try_into().map_err(|error| QueueError::of(queue, &error))?;
        let options = QueueClientSendMessageOptions {
            visibility_timeout: Some(kept.hidden_s),
            message_time_to_live: Some(kept.lives_s),
            ..QueueClientSendMessageOptions::default()
        };
        within(limit, queue, self.client(queue)?.send_message(message, Some(options))).await.map(drop)
    }

    pub(super) fn client(&self, queue: &str) -> Result<QueueClient, QueueError> {
        self.service.queue_client(queue).map_err(|error| QueueError::of(queue, &error))
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// How long a message is hidden, and how long there is one, in seconds.
#[derive(Clone, Copy)]
pub(super) struct Kept {
    hidden_s: i32,
    lives_s: i32,
}

impl Kept {
    /// To be seen at once, and until somebody does something about it.
    pub(super) const FOR_EVER: Self = Self { hidden_s: 0, lives_s: -1 };

    pub(super) fn after(delay: Duration) -> Self {
        let delay = delay.min(LONGEST_DELAY);
        let hidden_s = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
        let seconds = |seconds| i32::try_from(seconds).unwrap_or(i32::MAX);
        Self { hidden_s: seconds(hidden_s), lives_s: seconds(hidden_s + KEPT_FOR.as_secs()) }
    }
}

/// Waits for an answer of a queue, and no longer than `limit`.
pub(super) async fn within<T>(
    limit: Duration,
    queue: &str,
    answer: impl Future<Output = azure_core::Result<T>>,
) -> Result<T, QueueError> {
    match tokio::time::timeout(limit, answer).await {
        Ok(answer) => answer.map_err(|error| QueueError::of(queue, &error)),
        Err(_) => Err(QueueError::TimedOut(queue.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_never_seen_too_early_and_lives_on_when_it_is() {
        for (ms, hidden_s) in [(0, 0), (1, 1), (1_000, 1), (1_001, 2), (700_000_000, 604_800)] {
            let kept = Kept::after(Duration::from_millis(ms));
            assert_eq!((kept.hidden_s, kept.lives_s), (hidden_s, hidden_s + 604_800), "{ms} ms");
        }
    }
}
