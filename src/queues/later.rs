//! What is to happen later, by the queues of the functions.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Queues, error::QueueError, poison_queue_of, queue_of};
use crate::{
    call::Message,
    later::{Later, LaterError},
};

#[async_trait]
impl Later for Queues {
    async fn bring(&self, message: &Message, at: Timestamp) -> Result<(), LaterError> {
        Ok(self.put_at(&queue(message)?, message, at).await?)
    }

    async fn put_aside(&self, message: &Message, reason: &str) -> Result<(), LaterError> {
        let text = serde_json::to_string(&[message]).map_err(|error| LaterError(error.to_string()))?;
        let queue = queue(message)?;
        self.poison(&queue, &text, reason).await?;
        report(Some(message.address.call()), &queue, reason);
        Ok(())
    }

    async fn put_aside_unread(&self, function: &str, text: &str, reason: &str) -> Result<(), LaterError> {
        let queue = queue_of(function);
        self.poison(&queue, text, reason).await?;
        report(None, &queue, reason);
        Ok(())
    }
}

/// Says the poison queue's whole name, since that is what the alert looks for.
fn report(call: Option<&str>, queue: &str, reason: &str) {
    tracing::error!(call, outcome = "put_aside", "an event was put on {}: {reason}", poison_queue_of(queue));
}

/// The queue of the function that takes the message's event.
fn queue(message: &Message) -> Result<String, LaterError> {
    let function = message.arrival.event.function();
    function.map(queue_of).ok_or_else(|| LaterError("what comes of acting is never put on a queue".to_owned()))
}

impl From<QueueError> for LaterError {
    fn from(error: QueueError) -> Self {
        Self(error.to_string())
    }
}
