//! What is kept of the calls for those who look on: observations and the bot's requests, the latest of each.

use std::collections::{BTreeMap, VecDeque};

use tokio::sync::mpsc;

use super::super::{observation::Observation, wire::Request};

/// How many observations are kept of each call.
const OF_A_CALL: usize = 1_000;

/// How many requests are kept.
const REQUESTS: usize = 100_000;

#[derive(Default)]
pub(super) struct Journal {
    seen: BTreeMap<String, VecDeque<Observation>>,
    requests: VecDeque<Request>,
    listener: Option<mpsc::UnboundedSender<Observation>>,
}

impl Journal {
    /// Keeps it, and tells whoever listens.
    pub(super) fn keep(&mut self, observation: Observation) {
        if let Some(listener) = &self.listener {
            // Whoever listened may have gone.
            drop(listener.send(observation.clone()));
        }
        let seen = self.seen.entry(observation.call.clone()).or_default();
        push(seen, observation, OF_A_CALL);
    }

    pub(super) fn keep_request(&mut self, request: Request) {
        push(&mut self.requests, request, REQUESTS);
    }

    /// Everything kept from now on; an earlier listener hears no more.
    pub(super) fn listen(&mut self) -> mpsc::UnboundedReceiver<Observation> {
        let (listener, heard) = mpsc::unbounded_channel();
        self.listener = Some(listener);
        heard
    }

    /// What was seen of a call; empty if there is no such call.
    pub(super) fn seen(&self, call: &str) -> impl Iterator<Item = &Observation> {
        self.seen.get(call).into_iter().flatten()
    }

    pub(super) fn requests(&self) -> impl Iterator<Item = &Request> {
        self.requests.iter()
    }
}

fn push<T>(kept: &mut VecDeque<T>, item: T, most: usize) {
    if kept.len() == most {
        kept.pop_front();
    }
    kept.push_back(item);
}
