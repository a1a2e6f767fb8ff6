//! Calls as they go on, told as conversations: what the simulated Teams observes, what the bot stores, and what it tells hooks.

mod listener;
mod story;
mod witness;
mod words;

pub(crate) use listener::{Heard, Kept, Listener, Sources};
pub(crate) use story::Story;
pub(crate) use witness::Witness;
pub(crate) use words::{ending_words, in_words, outcome_words, ring_words};
