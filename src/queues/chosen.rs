//! Giving poisoned messages another chance, or none.

use std::collections::BTreeSet;

use azure_storage_queue::{
    QueueClient,
    models::{QueueClientReceiveMessagesOptions, ReceivedMessage},
};

use super::{
    body::{LONGEST_ON_QUEUE, encode},
    error::QueueError,
    poison_queue_of,
    poisoned::{MOST_PEEKED, read},
    put::{Kept, PATIENT, Queues, within},
};

/// How long messages are hidden from others while it is looked which of them are meant, in seconds.
const HELD_FOR_S: i32 = 60;

/// Which poisoned messages are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// Every one.
    All,
    /// Those with these ids.
    Ids(BTreeSet<String>),
}

/// What is to become of them.
#[derive(Clone, Copy)]
enum Fate {
    Redelivered,
    Dropped,
}

impl Queues {
    /// Puts poisoned messages back on `queue`, as they were, and yields the ids of those that were there.
    ///
    /// Each is put back before it is taken away, so that none is lost; one may be delivered twice.
    ///
    /// # Errors
    /// [`QueueError`]: what was not dealt with is still there.
    pub async fn redeliver(&self, queue: &str, chosen: &Chosen) -> Result<BTreeSet<String>, QueueError> {
        self.deal_with(queue, chosen, Fate::Redelivered).await
    }

    /// Takes poisoned messages of `queue` away for good, and yields the ids of those that were there.
    ///
    /// # Errors
    /// [`QueueError`]: what was not dealt with is still there.
    pub async fn discard(&self, queue: &str, chosen: &Chosen) -> Result<BTreeSet<String>, QueueError> {
        self.deal_with(queue, chosen, Fate::Dropped).await
    }

    async fn deal_with(&self, queue: &str, chosen: &Chosen, fate: Fate) -> Result<BTreeSet<String>, QueueError> {
        let poison_queue = poison_queue_of(queue);
        let mut search = Search { client: self.client(&poison_queue)?, queue: poison_queue, held: vec![], seen: BTreeSet::new() };
        let ended = self.search(&mut search, queue, chosen, fate).await;
        search.let_go().await;
        ended
    }

    /// A queue gives its messages in its own order: all are looked at until those chosen are found.
    async fn search(
        &self,
        search: &mut Search,
        queue: &str,
        chosen: &Chosen,
        fate: Fate,
    ) -> Result<BTreeSet<String>, QueueError> {
        let mut done = BTreeSet::new();
        while !chosen.is_met_by(&done) {
            let Some(batch) = search.next().await? else { break };
            for (at, message) in batch.iter().enumerate() {
                if !chosen.means(&message.id) {
                    search.held.push(message.clone());
                } else if let Err(error) = self.decide(search, queue, message, fate).await {
                    search.held.extend_from_slice(&batch[at..]);
                    return Err(error);
                } else {
                    done.insert(message.id.clone());
                }
            }
        }
        Ok(done)
    }

    async fn decide(&self, search: &Search, queue: &str, message: &Taken, fate: Fate) -> Result<(), QueueError> {
        if let Fate::Redelivered = fate {
            let text = read(None, Some(message.body.clone()), None).message;
            let body = encode(queue, &text, LONGEST_ON_QUEUE)?;
            self.send(queue, body, Kept::after(std::time::Duration::ZERO), PATIENT).await?;
        }
        search.delete(message).await
    }
}

impl Chosen {
    fn means(&self, id: &str) -> bool {
        match self {
            Self::All => true,
            Self::Ids(ids) => ids.contains(id),
        }
    }

    fn is_met_by(&self, done: &BTreeSet<String>) -> bool {
        matches!(self, Self::Ids(ids) if ids.is_subset(done))
    }
}

/// A message that was taken for a while.
#[derive(Clone)]
struct Taken {
    id: String,
    receipt: String,
    body: String,
}

impl Taken {
    fn of(message: ReceivedMessage) -> Option<Self> {
        Some(Self { id: message.message_id?, receipt: message.pop_receipt?, body: message.message_text.unwrap_or_default() })
    }
}

/// A walk through a poison queue.
struct Search {
    client: QueueClient,
    queue: String,
    /// Those that were not meant, to be let go.
    held: Vec<Taken>,
    seen: BTreeSet<String>,
}

impl Search {
    /// The next messages; `None` where there are no more, or where they are those that were let go meanwhile.
    async fn next(&mut self) -> Result<Option<Vec<Taken>>, QueueError> {
        let options = QueueClientReceiveMessagesOptions {
            number_of_messages: i32::try_from(MOST_PEEKED).ok(),
            visibility_timeout: Some(HELD_FOR_S),
            ..QueueClientReceiveMessagesOptions::default()
        };
        let answer = within(PATIENT, &self.queue, self.client.receive_messages(Some(options))).await?;
        let received = answer.into_model().map_err(|error| QueueError::of(&self.queue, &error))?;
        let batch: Vec<_> = received.items.unwrap_or_default().into_iter().filter_map(Taken::of).collect();
        let unseen = batch.iter().filter(|message| self.seen.insert(message.id.clone())).count();
        if unseen == 0 {
            self.held.extend(batch);
            return Ok(None);
        }
        Ok(Some(batch))
    }

    async fn delete(&self, message: &Taken) -> Result<(), QueueError> {
        match within(PATIENT, &self.queue, self.client.delete_message(&message.id, &message.receipt, None)).await {
            Err(error) if !error.is_gone() => Err(error),
            _ => Ok(()),
        }
    }

    /// Lets others see again what was not meant; where that fails they see it a little later.
    async fn let_go(&self) {
        for Taken { id, receipt, .. } in &self.held {
            let _ = within(PATIENT, &self.queue, self.client.update_message(id, receipt, 0, None)).await;
        }
    }
}
