//! One call, line by line.

use std::io::{IsTerminal, stdout};

use jiff::Timestamp;
use switchboard::{call::Call, simulator::observation::Observation};

use super::{
    Kept,
    words::{Line, observed, stored},
};

/// What has been told of one call.
pub(crate) struct Story {
    since: Option<Timestamp>,
    before: Option<Call>,
    is_terminal: bool,
}

impl Story {
    /// A story of which nothing has been told.
    pub(crate) fn new() -> Self {
        Self { since: None, before: None, is_terminal: stdout().is_terminal() }
    }

    /// What was observed, as a line to print; `None` for what says nothing new.
    pub(crate) fn observed(&mut self, observation: &Observation) -> Option<String> {
        observed(observation).map(|line| self.line(&line, observation.at))
    }

    /// What was stored, as a line to print; `None` where nothing that matters to a listener has changed.
    pub(crate) fn kept(&mut self, Kept { at, call }: Kept) -> Option<String> {
        let line = stored(&call, self.before.as_ref());
        self.before = Some(call);
        line.map(|line| self.line(&line, at))
    }

    fn line(&mut self, line: &Line, at: Timestamp) -> String {
        let since = *self.since.get_or_insert(at);
        line.print(at, since, self.is_terminal)
    }
}
