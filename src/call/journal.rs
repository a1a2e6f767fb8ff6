//! What happened in a call, bounded: for the person who asks why.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How many entries are kept; the oldest go first.
const LONGEST: usize = 200;

/// The entries, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Journal(VecDeque<Entry>);

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// The event's, the action's or the step's name.
    pub kind: String,
    /// The number of the action it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub n: Option<u32>,
    /// What came of it. Never a token, a number, a name or a key pressed.
    pub result: String,
}

impl Journal {
    /// Writes an entry.
    pub fn write(&mut self, at: Timestamp, kind: &str, n: Option<u32>, result: impl Into<String>) {
        if self.0.len() == LONGEST {
            self.0.pop_front();
        }
        self.0.push_back(Entry { at, kind: kind.to_owned(), n, result: result.into() });
    }

    /// The entries, oldest first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_entries_make_room() {
        let mut journal = Journal::default();
        for n in 0..300 {
            journal.write(Timestamp::UNIX_EPOCH, "wake", Some(n), "");
        }
        let kept: Vec<_> = journal.entries().filter_map(|entry| entry.n).collect();
        assert_eq!(kept, (100..300).collect::<Vec<_>>());
    }
}
