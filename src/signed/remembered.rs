//! Tokens that were found good. The same one comes for an hour, and a look is far cheaper than a signature.

use std::collections::{HashMap, VecDeque};

use sha2::{Digest, Sha256};

/// The most tokens remembered; the oldest goes first.
pub(super) const MOST: usize = 1024;

/// A token's SHA-256: the token itself is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Mark([u8; 32]);

impl Mark {
    /// The mark of `token`.
    pub(super) fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }
}

/// Tokens that were found good.
#[derive(Debug)]
pub(super) struct Remembered<T> {
    tokens: HashMap<Mark, Token<T>>,
    by_age: VecDeque<Mark>,
}

#[derive(Debug)]
struct Token<T> {
    came_to: T,
    until: i64,
}

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self { tokens: HashMap::new(), by_age: VecDeque::new() }
    }
}

impl<T: Clone> Remembered<T> {
    /// What a token came to that is remembered and good at `now`, in seconds since 1970.
    pub(super) fn find(&self, mark: &Mark, now: i64) -> Option<T> {
        self.tokens.get(mark).filter(|token| now < token.until).map(|token| token.came_to.clone())
    }

    /// Remembers a token that is good before `until`, in seconds since 1970.
    pub(super) fn add(&mut self, mark: Mark, came_to: T, until: i64) {
        if self.tokens.insert(mark, Token { came_to, until }).is_some() {
            return;
        }
        self.by_age.push_back(mark);
        if self.by_age.len() > MOST
            && let Some(oldest) = self.by_age.pop_front()
        {
            self.tokens.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_forgotten_when_it_expires() {
        let mut remembered = Remembered::default();
        remembered.add(Mark::of("a token"), "contoso".to_owned(), 100);
        assert_eq!(remembered.find(&Mark::of("a token"), 99).as_deref(), Some("contoso"));
        assert_eq!(remembered.find(&Mark::of("a token"), 100), None);
        assert_eq!(remembered.find(&Mark::of("another token"), 99), None);
    }

    #[test]
    fn however_many_tokens_come_only_the_youngest_are_remembered() {
        let mut remembered = Remembered::default();
        for n in 0..2 * MOST {
            // Each twice, as two posts at once would.
            remembered.add(Mark::of(&n.to_string()), String::new(), 1);
            remembered.add(Mark::of(&n.to_string()), String::new(), 1);
        }
        assert_eq!((remembered.tokens.len(), remembered.by_age.len()), (MOST, MOST));
        assert!(remembered.find(&Mark::of(&(MOST - 1).to_string()), 0).is_none());
        assert!(remembered.find(&Mark::of(&MOST.to_string()), 0).is_some());
    }
}
