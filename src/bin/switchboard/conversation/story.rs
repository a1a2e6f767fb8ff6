//! One call, or the calls of one order, line by line.

use std::{
    collections::BTreeMap,
    io::{IsTerminal, stdout},
};

use jiff::Timestamp;
use serde_json::Value;
use switchboard::{
    call::{Call, CallKey},
    order::Order,
    simulator::observation::{Observation, Seen},
};

use super::{
    Kept,
    words::{Line, Who, observed, ordered, stored, stored_of, told},
};

/// What has been told.
pub(crate) struct Story {
    since: Option<Timestamp>,
    before: BTreeMap<CallKey, Call>,
    order: Option<Order>,
    /// What people are called, by their ids.
    names: BTreeMap<String, String>,
    /// Who took which call, by Graph's ids.
    taken: BTreeMap<String, String>,
    is_terminal: bool,
}

impl Story {
    /// A story of which nothing has been told.
    pub(crate) fn new() -> Self {
        Self::of(BTreeMap::new())
    }

    /// A story of people who are called by their names, and are known by these ids.
    pub(crate) fn of(names: BTreeMap<String, String>) -> Self {
        let (before, taken) = (BTreeMap::new(), BTreeMap::new());
        Self { since: None, before, order: None, names, taken, is_terminal: stdout().is_terminal() }
    }

    /// What was observed, as a line to print; `None` for what says nothing new.
    pub(crate) fn observed(&mut self, observation: &Observation) -> Option<String> {
        if let Seen::Taken { by } = &observation.what {
            self.taken.insert(observation.call.clone(), self.named(by));
        }
        let mut line = observed(observation)?;
        line.words = self.named(&line.words);
        if line.who == Who::Caller {
            line.name = self.taken.get(&observation.call).cloned();
        }
        Some(self.line(&line, observation.at))
    }

    /// What was stored, as a line to print; `None` where nothing that matters to a listener has changed.
    pub(crate) fn kept(&mut self, Kept { at, call }: Kept) -> Option<String> {
        let before = self.before.get(&call.key);
        let whose = call.to.as_ref().and_then(|party| self.names.get(&party.id));
        let line = match whose {
            Some(name) => stored_of(&call, name, before),
            None => stored(&call, before),
        };
        self.before.insert(call.key.clone(), call);
        line.map(|line| self.line(&line, at))
    }

    /// What was stored of an order.
    pub(crate) fn ordered(&mut self, order: Order, at: Timestamp) -> Option<String> {
        let line = ordered(&order, self.order.as_ref());
        self.order = Some(order);
        line.map(|line| self.line(&line, at))
    }

    /// What a hook was told.
    pub(crate) fn told(&mut self, event: &Value) -> Option<String> {
        let at = event["time"].as_str().and_then(|text| text.parse().ok())?;
        told(event).map(|line| self.line(&line, at))
    }

    /// A text with names in place of ids.
    fn named(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (id, name)| text.replace(id.as_str(), name))
    }

    fn line(&mut self, line: &Line, at: Timestamp) -> String {
        let since = *self.since.get_or_insert(at);
        line.print(at, since, self.is_terminal)
    }
}
