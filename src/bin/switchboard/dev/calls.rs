//! Many calls at once, each by a number of its own.

use std::collections::HashMap;

use switchboard::{
    call::CallKey,
    simulator::{observation::Observation, world::Placed},
};

use crate::conversation::{Kept, Story};

/// The calls of this run, by the bot's key.
#[derive(Default)]
pub(super) struct Calls {
    stories: HashMap<CallKey, (usize, Story)>,
}

impl Calls {
    /// What was observed, as lines to print. `placed` are the calls that the bot has placed.
    pub(super) fn observed(&mut self, observation: &Observation, placed: &[Placed]) -> Vec<String> {
        let of_bot = placed.iter().find(|placed| placed.call == observation.call).and_then(key_in_callback);
        // Graph knows calls by ids of more than one form, the bot by one, and those that it placed by one of its own.
        match of_bot.map_or_else(|| CallKey::parse(&observation.call), Ok) {
            Ok(key) => self.tell(&key, &observation.call, |story| story.observed(observation)),
            Err(_) => Vec::new(),
        }
    }

    /// What was stored, as lines to print.
    pub(super) fn kept(&mut self, kept: Kept) -> Vec<String> {
        let key = kept.call.key.clone();
        self.tell(&key, key.as_str(), |story| story.kept(kept))
    }

    fn tell(&mut self, key: &CallKey, id: &str, next: impl FnOnce(&mut Story) -> Option<String>) -> Vec<String> {
        let number = self.stories.len() + 1;
        let is_new = !self.stories.contains_key(key);
        let (number, story) = self.stories.entry(key.clone()).or_insert_with(|| (number, Story::new()));
        let title = is_new.then(|| format!("\n#{number} is call {id}"));
        let line = next(story).map(|line| format!("#{number:<3}{line}"));
        title.into_iter().chain(line).collect()
    }
}

/// The bot's key of a call that it placed: the callback URL ends in it, a secret and a number.
fn key_in_callback(placed: &Placed) -> Option<CallKey> {
    let (_, last) = placed.callback_uri.rsplit_once('/')?;
    CallKey::parse(last.split('.').next()?).ok()
}
