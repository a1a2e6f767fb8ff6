//! What is in flight to the bot, and who waits for it to land.

use std::collections::HashMap;

use tokio::sync::oneshot;

use super::super::wire::Effect;

#[derive(Default)]
pub(super) struct Traffic {
    flights: usize,
    /// Posts in flight, by call; none is zero.
    posts: HashMap<String, usize>,
    for_settled: HashMap<String, Vec<oneshot::Sender<()>>>,
    for_quiet: Vec<oneshot::Sender<()>>,
}

impl Traffic {
    pub(super) fn depart(&mut self, effect: &Effect) {
        self.flights += 1;
        if let Some(call) = call_of(effect) {
            *self.posts.entry(call).or_default() += 1;
        }
    }

    /// One has landed: a post about `call`, or something else.
    pub(super) fn land(&mut self, call: Option<&str>) {
        self.flights -= 1;
        let Some(call) = call else { return };
        if let Some(posts) = self.posts.get_mut(call) {
            *posts -= 1;
            if *posts == 0 {
                self.posts.remove(call);
            }
        }
    }

    pub(super) fn is_none(&self) -> bool {
        self.flights == 0
    }

    /// No post about this call is in flight.
    pub(super) fn is_none_of(&self, call: &str) -> bool {
        !self.posts.contains_key(&normal(call))
    }

    pub(super) fn wait_settled(&mut self, call: &str) -> oneshot::Receiver<()> {
        let (tell, told) = oneshot::channel();
        self.for_settled.entry(normal(call)).or_default().push(tell);
        told
    }

    pub(super) fn wait_quiet(&mut self) -> oneshot::Receiver<()> {
        let (tell, told) = oneshot::channel();
        self.for_quiet.push(tell);
        told
    }

    pub(super) fn is_awaited(&self) -> bool {
        !self.for_quiet.is_empty()
    }

    pub(super) fn tell_settled(&mut self, call: &str) {
        tell_all(self.for_settled.remove(&normal(call)).unwrap_or_default());
    }

    pub(super) fn tell_quiet(&mut self) {
        tell_all(std::mem::take(&mut self.for_quiet));
    }
}

/// The call a post is about; `None` for anything else.
pub(super) fn call_of(effect: &Effect) -> Option<String> {
    let Effect::Post { body, .. } = effect else {
        return None;
    };
    let url = body["value"][0]["resourceUrl"].as_str()?;
    let mut path = url.trim_start_matches('/').split('/');
    path.nth(2).map(normal)
}

/// Call ids are written with and without dashes, in either case.
fn normal(call: &str) -> String {
    call.replace('-', "").to_ascii_lowercase()
}

fn tell_all(waiting: Vec<oneshot::Sender<()>>) {
    for tell in waiting {
        // Whoever waited may have gone.
        tell.send(()).ok();
    }
}
