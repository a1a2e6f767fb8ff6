//! The queues of an account, without HTTP.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;

use super::rest::Refusal;

/// The longest body of a message, in bytes.
const LONGEST_BODY: usize = 64 * 1024;

/// Seven days: how long a message is kept, and the longest that it can be hidden.
const WEEK: Duration = Duration::from_secs(7 * 86_400);

/// The most messages that are given at once.
const MOST_AT_ONCE: usize = 32;

const QUEUE_NOT_FOUND: Refusal = Refusal { status: 404, code: "QueueNotFound" };
const MESSAGE_NOT_FOUND: Refusal = Refusal { status: 404, code: "MessageNotFound" };
const OUT_OF_RANGE: Refusal = Refusal { status: 400, code: "OutOfRangeQueryParameterValue" };

/// A message.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub(crate) id: String,
    pub(crate) body: String,
    pub(crate) inserted: Timestamp,
    /// `None`: never.
    pub(crate) expires: Option<Timestamp>,
    pub(crate) visible: Timestamp,
    /// How often it was given out.
    pub(crate) dequeued: u32,
    /// What whoever got it last must show to delete or hide it.
    pub(crate) receipt: String,
}

/// Queues by name.
#[derive(Default)]
pub(crate) struct Account {
    pub(super) now: Timestamp,
    queues: BTreeMap<String, Vec<Letter>>,
    given: u64,
}

impl Account {
    /// Makes a queue; `false` where it is there already.
    pub(crate) fn create(&mut self, queue: &str) -> Result<bool, Refusal> {
        let plain = queue.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !plain || !(3..=63).contains(&queue.len()) || queue.contains("--") || queue.starts_with('-') || queue.ends_with('-') {
            return Err(Refusal { status: 400, code: "InvalidResourceName" });
        }
        let is_new = !self.queues.contains_key(queue);
        self.queues.entry(queue.to_owned()).or_default();
        Ok(is_new)
    }

    /// Takes a queue away with all that is in it.
    pub(crate) fn remove(&mut self, queue: &str) -> Result<(), Refusal> {
        self.queues.remove(queue).map(drop).ok_or(QUEUE_NOT_FOUND)
    }

    /// Puts a message. Without `lives` it is kept for a week; `lives` of zero is for ever.
    pub(crate) fn put(&mut self, queue: &str, body: &str, hidden: Duration, lives: Option<Duration>) -> Result<Letter, Refusal> {
        if body.len() > LONGEST_BODY {
            return Err(Refusal { status: 400, code: "RequestBodyTooLarge" });
        }
        let lives = lives.unwrap_or(WEEK);
        if hidden > WEEK {
            return Err(OUT_OF_RANGE);
        }
        if !lives.is_zero() && hidden >= lives {
            return Err(Refusal { status: 400, code: "InvalidQueryParameterValue" });
        }
        let expires = (!lives.is_zero()).then(|| self.now + lives);
        let id = format!("{:08x}-0000-4000-8000-000000000000", self.next());
        let (receipt, inserted) = (self.receipt(), self.now);
        let letter = Letter { id, body: body.to_owned(), inserted, expires, visible: self.now + hidden, dequeued: 0, receipt };
        self.queue(queue)?.push(letter.clone());
        Ok(letter)
    }

    /// Gives messages away, hidden from others for a while.
    pub(crate) fn get(&mut self, queue: &str, most: usize, hidden: Duration) -> Result<Vec<Letter>, Refusal> {
        if hidden < Duration::from_secs(1) || hidden > WEEK || !(1..=MOST_AT_ONCE).contains(&most) {
            return Err(OUT_OF_RANGE);
        }
        let (now, receipt) = (self.now, self.receipt());
        let visible = self.queue(queue)?.iter_mut().filter(|letter| letter.visible <= now).take(most);
        let give = |letter: &mut Letter| {
            (letter.visible, letter.receipt) = (now + hidden, format!("{receipt}{}", letter.dequeued));
            letter.dequeued += 1;
            letter.clone()
        };
        Ok(visible.map(give).collect())
    }

    /// Shows messages.
    pub(crate) fn peek(&mut self, queue: &str, most: usize) -> Result<Vec<Letter>, Refusal> {
        if !(1..=MOST_AT_ONCE).contains(&most) {
            return Err(OUT_OF_RANGE);
        }
        let now = self.now;
        Ok(self.queue(queue)?.iter().filter(|letter| letter.visible <= now).take(most).cloned().collect())
    }

    /// Every message, hidden ones included.
    pub(crate) fn all(&self, queue: &str) -> Result<&[Letter], Refusal> {
        self.queues.get(queue).map(Vec::as_slice).ok_or(QUEUE_NOT_FOUND)
    }

    /// How many there are, hidden ones included.
    pub(crate) fn count(&mut self, queue: &str) -> Result<usize, Refusal> {
        self.queue(queue).map(|letters| letters.len())
    }

    /// Deletes a message that was given away.
    pub(crate) fn delete(&mut self, queue: &str, id: &str, receipt: &str) -> Result<(), Refusal> {
        let letters = self.queue(queue)?;
        let at = letters.iter().position(|letter| letter.id == id && letter.receipt == receipt).ok_or(MESSAGE_NOT_FOUND)?;
        letters.remove(at);
        Ok(())
    }

    /// Hides a message that was given away for another while, and writes it anew where there is a body.
    pub(crate) fn update(
        &mut self,
        queue: &str,
        id: &str,
        receipt: &str,
        hidden: Duration,
        body: Option<String>,
    ) -> Result<Letter, Refusal> {
        let (now, fresh) = (self.now, self.receipt());
        let mut letters = self.queue(queue)?.iter_mut();
        let letter = letters.find(|letter| letter.id == id && letter.receipt == receipt).ok_or(MESSAGE_NOT_FOUND)?;
        (letter.visible, letter.receipt) = (now + hidden, fresh);
        letter.body = body.unwrap_or_else(|| letter.body.clone());
        Ok(letter.clone())
    }

    /// Takes all messages away.
    pub(crate) fn clear(&mut self, queue: &str) -> Result<(), Refusal> {
        self.queue(queue).map(Vec::clear)
    }

    fn queue(&mut self, queue: &str) -> Result<&mut Vec<Letter>, Refusal> {
        let now = self.now;
        let letters = self.queues.get_mut(queue).ok_or(QUEUE_NOT_FOUND)?;
        letters.retain(|letter| letter.expires.is_none_or(|expires| expires > now));
        Ok(letters)
    }

    fn next(&mut self) -> u64 {
        self.given += 1;
        self.given
    }

    /// Of characters that a query must escape.
    fn receipt(&mut self) -> String {
        format!("AgAA+/{}=", self.next())
    }
}
