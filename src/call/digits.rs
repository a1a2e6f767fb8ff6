//! Keys that the caller has typed so far, in the order of the platform's counting and not of their arrival.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::flow::Key;

/// The most keys that are kept of one attempt; more than any step asks for.
const MOST: usize = 64;

/// Keys and the platform's numbers of their tones, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digits(Vec<(i64, Key)>);

impl Digits {
    /// Puts a key in its place.
    pub(super) fn insert(&mut self, sequence: i64, key: Key) {
        let place = self.0.partition_point(|(other, _)| *other < sequence);
        if self.0.len() < MOST {
            self.0.insert(place, (sequence, key));
        }
    }

    /// The number of the first tone.
    pub(super) fn first(&self) -> Option<i64> {
        self.0.first().map(|(sequence, _)| *sequence)
    }

    /// The number of the last tone.
    pub(super) fn last(&self) -> Option<i64> {
        self.0.last().map(|(sequence, _)| *sequence)
    }

    /// The tone with which nothing more is to be waited for: a stop key's, or that of the last digit that there may be.
    pub(super) fn completed_by(&self, most: u8, stop_keys: &BTreeSet<Key>) -> Option<i64> {
        let ends = |place: usize, key: &Key| stop_keys.contains(key) || place + 1 >= usize::from(most);
        self.0.iter().enumerate().find(|(place, (_, key))| ends(*place, key)).map(|(_, (sequence, _))| *sequence)
    }

    /// The digits themselves: what stands before a stop key, and no more than `most`.
    pub(super) fn text(&self, most: u8, stop_keys: &BTreeSet<Key>) -> String {
        let keys = self.0.iter().map(|(_, key)| *key).take_while(|key| !stop_keys.contains(key));
        keys.take(most.into()).map(char::from).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(typed: &[(i64, char)]) -> Digits {
        let mut digits = Digits::default();
        typed.iter().for_each(|(sequence, key)| digits.insert(*sequence, Key::try_from(*key).unwrap()));
        digits
    }

    fn hash_key() -> BTreeSet<Key> {
        Key::try_from('#').into_iter().collect()
    }

    #[test]
    fn keys_stand_in_the_order_of_their_tones() {
        let digits = digits(&[(8, '3'), (6, '1'), (9, '#'), (7, '2')]);
        assert_eq!(digits.text(32, &hash_key()), "123");
        assert_eq!((digits.first(), digits.last(), digits.completed_by(32, &hash_key())), (Some(6), Some(9), Some(9)));
    }

    #[test]
    fn nothing_counts_after_the_stop_key_or_beyond_the_most() {
        let typed = digits(&[(1, '4'), (2, '5'), (3, '#'), (4, '6')]);
        assert_eq!((typed.text(32, &hash_key()), typed.completed_by(32, &hash_key())), ("45".to_owned(), Some(3)));
        assert_eq!((typed.text(1, &hash_key()), typed.completed_by(1, &hash_key())), ("4".to_owned(), Some(1)));
        assert_eq!((typed.text(32, &BTreeSet::new()), typed.completed_by(32, &BTreeSet::new())), ("45#6".to_owned(), None));
    }
}
