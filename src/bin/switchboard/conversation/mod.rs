//! Calls as they go on, told as conversations: what the simulated Teams observes, and what the bot stores.

mod listener;
mod story;
mod witness;
mod words;

pub(crate) use listener::{Heard, Kept, Listener};
pub(crate) use story::Story;
pub(crate) use witness::Witness;
pub(crate) use words::{ending_words, in_words};
