//! Who waits for calls to be over.

use std::collections::HashMap;

use tokio::sync::oneshot;

use super::super::dialect::plain;

#[derive(Default)]
pub(super) struct Waiting {
    /// By the call's id in plain form.
    for_calls: HashMap<String, Vec<oneshot::Sender<()>>>,
    /// By the call's id in plain form: for a post about it to land.
    for_posts: HashMap<String, Vec<oneshot::Sender<()>>>,
    for_quiet: Vec<oneshot::Sender<()>>,
}

impl Waiting {
    pub(super) fn for_call(&mut self, call: &str) -> oneshot::Receiver<()> {
        let (tell, told) = oneshot::channel();
        let waiting = self.for_calls.entry(plain(call));
        waiting.or_default().push(tell);
        told
    }

    pub(super) fn for_post(&mut self, call: &str) -> oneshot::Receiver<()> {
        let (tell, told) = oneshot::channel();
        self.for_posts.entry(plain(call)).or_default().push(tell);
        told
    }

    pub(super) fn for_quiet(&mut self) -> oneshot::Receiver<()> {
        let (tell, told) = oneshot::channel();
        self.for_quiet.push(tell);
        told
    }

    /// The calls that someone waits for.
    pub(super) fn calls(&self) -> impl Iterator<Item = &String> {
        self.for_calls.keys()
    }

    /// Someone waits for this call.
    pub(super) fn is_for_call(&self, call: &str) -> bool {
        self.for_calls.contains_key(&plain(call))
    }

    /// Someone waits for quiet.
    pub(super) fn is_for_quiet(&self) -> bool {
        !self.for_quiet.is_empty()
    }

    pub(super) fn tell_of_call(&mut self, call: &str) {
        tell_all(self.for_calls.remove(&plain(call)).unwrap_or_default());
    }

    pub(super) fn tell_of_post(&mut self, call: &str) {
        tell_all(self.for_posts.remove(&plain(call)).unwrap_or_default());
    }

    pub(super) fn tell_of_quiet(&mut self) {
        tell_all(std::mem::take(&mut self.for_quiet));
    }
}

fn tell_all(waiting: Vec<oneshot::Sender<()>>) {
    for tell in waiting {
        // Whoever waited may have gone.
        tell.send(()).ok();
    }
}
