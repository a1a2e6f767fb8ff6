//! Prints calls as they go on.

use std::{
    collections::BTreeMap,
    io::{self, Write, stdout},
};

use switchboard::{
    call::{Call, CallKey},
    simulator::observation::Observation,
};

use super::Format;
use crate::conversation::{Heard, Kept, Listener, Story};

/// Prints what is heard.
pub(super) struct Teller {
    format: Format,
    story: Story,
    /// How many entries of each call's journal are printed.
    printed: BTreeMap<CallKey, u64>,
}

impl Teller {
    /// One that tells a story.
    pub(super) fn of(story: Story, format: Format) -> Self {
        Self { format, story, printed: BTreeMap::new() }
    }

    /// Prints until dropped; ends only with an error of the terminal.
    pub(super) async fn tell_all<T>(&mut self, listener: &mut Listener) -> io::Result<T> {
        loop {
            self.tell(listener.next().await)?;
        }
    }

    pub(super) fn tell(&mut self, heard: Heard) -> io::Result<()> {
        match heard {
            Heard::Observed(observation) => self.observed(&observation),
            Heard::Kept(kept) => self.kept(*kept),
            Heard::Ordered(order, at) => self.print(|story| story.ordered(*order, at)),
            Heard::Told(event) => self.print(|story| story.told(&event)),
        }
    }

    fn observed(&mut self, observation: &Observation) -> io::Result<()> {
        self.print(|story| story.observed(observation))
    }

    fn kept(&mut self, kept: Kept) -> io::Result<()> {
        match self.format {
            Format::Text => self.print(|story| story.kept(kept)),
            Format::Json => self.print_journal(&kept.call),
        }
    }

    fn print(&mut self, line: impl FnOnce(&mut Story) -> Option<String>) -> io::Result<()> {
        match (self.format, line(&mut self.story)) {
            (Format::Text, Some(line)) => writeln!(stdout(), "{line}"),
            _ => Ok(()),
        }
    }

    /// Prints the entries that are new.
    fn print_journal(&mut self, call: &Call) -> io::Result<()> {
        let before = self.printed.insert(call.key.clone(), call.journal.written()).unwrap_or_default();
        let new = call.journal.written() - before;
        let entries: Vec<_> = call.journal.entries().collect();
        let known = entries.len().saturating_sub(usize::try_from(new).unwrap_or(usize::MAX));
        let mut out = stdout().lock();
        for entry in &entries[known..] {
            writeln!(out, "{}", serde_json::to_string(entry)?)?;
        }
        Ok(())
    }
}
