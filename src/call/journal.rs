//! What happened in a call, bounded: for the person who asks why.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How many entries are kept; the oldest go first.
const LONGEST: usize = 200;

/// The last entries, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    written: u64,
    entries: VecDeque<Entry>,
}

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
    /// Of a step: the outcome of the step before that led to it, e.g. `no_input`; of a menu's
    /// key only `keys`, unless the flow has key presses journalled.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub by: Option<String>,
}

impl Journal {
    /// Writes an entry.
    pub fn write(&mut self, at: Timestamp, kind: &str, n: Option<u32>, result: impl Into<String>) {
        self.push(Entry { at, kind: kind.to_owned(), n, result: result.into(), by: None });
    }

    /// Writes that the call has come to a step, by an outcome of the step before.
    pub fn write_step(&mut self, at: Timestamp, step: &str, by: Option<&str>) {
        self.push(Entry { at, kind: "step".to_owned(), n: None, result: step.to_owned(), by: by.map(str::to_owned) });
    }

    /// The entries that are kept, oldest first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// How many were ever written.
    pub fn written(&self) -> u64 {
        self.written
    }

    fn push(&mut self, entry: Entry) {
        if self.entries.len() == LONGEST {
            self.entries.pop_front();
        }
        self.written += 1;
        self.entries.push_back(entry);
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
