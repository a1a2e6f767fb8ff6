//! Posts to the bot under way: sent at their time, tried again when they fail.

use std::collections::BTreeMap;

use serde_json::Value;

use super::wire::Posted;

/// How often a failed post is tried again.
const AGAIN: u8 = 3;

/// A post to the bot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Letter {
    pub(crate) call: usize,
    pub(crate) url: String,
    pub(crate) body: Value,
    pub(crate) purpose: Purpose,
    pub(crate) failures: u8,
}

/// What the bot's answer to a post means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// An incoming call in the legacy shape.
    Legacy,
    /// An incoming call.
    Incoming,
    /// Anything else.
    Update,
}

/// What is to be done after a post was answered, or was not.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// The bot has it.
    Delivered { letter: Letter, status: u16 },
    /// Post it again in a while.
    Again,
    /// Nothing more; 0 if there was no answer.
    Undelivered { call: usize, status: u16 },
}

/// All letters that are not done with.
#[derive(Debug, Default)]
pub(crate) struct Letters {
    open: BTreeMap<u64, Letter>,
    count: u64,
}

impl Letters {
    pub(crate) fn add(&mut self, letter: Letter) -> u64 {
        self.count += 1;
        self.open.insert(self.count, letter);
        self.count
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Letter> {
        self.open.get(&id)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    pub(crate) fn is_none_for(&self, call: usize) -> bool {
        self.open.values().all(|letter| letter.call != call)
    }

    /// Takes the answer to a letter; `None` if it is not known, or was answered before.
    pub(crate) fn answered(&mut self, id: u64, posted: &Posted) -> Option<Outcome> {
        let letter = self.open.get_mut(&id)?;
        let status = match posted {
            Posted::Answered(status) => *status,
            Posted::Failed => 0,
        };
        let is_passing = matches!(status, 0 | 429 | 500..);
        if is_passing && letter.failures < AGAIN {
            letter.failures += 1;
            return Some(Outcome::Again);
        }
        let letter = self.open.remove(&id)?;
        Some(match status {
            200..300 => Outcome::Delivered { letter, status },
            _ => Outcome::Undelivered { call: letter.call, status },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters() -> (Letters, u64) {
        let mut letters = Letters::default();
        let id = letters.add(Letter { call: 0, url: String::new(), body: Value::Null, purpose: Purpose::Update, failures: 0 });
        (letters, id)
    }

    #[test]
    fn a_failed_post_is_tried_three_times_again() {
        let (mut letters, id) = letters();
        for posted in [Posted::Failed, Posted::Answered(503), Posted::Answered(429)] {
            assert_eq!(letters.answered(id, &posted), Some(Outcome::Again));
        }
        let last = letters.answered(id, &Posted::Failed);
        assert_eq!(last, Some(Outcome::Undelivered { call: 0, status: 0 }));
        assert!(letters.is_empty());
    }

    #[test]
    fn a_refusal_is_final_and_an_answer_counts_once() {
        let (mut letters, id) = letters();
        let refused = letters.answered(id, &Posted::Answered(403));
        assert_eq!(refused, Some(Outcome::Undelivered { call: 0, status: 403 }));
        assert_eq!(letters.answered(id, &Posted::Answered(202)), None);
    }
}
