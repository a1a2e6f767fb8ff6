//! Calls as they go on, told as conversations: what the simulated Teams observes, and what the bot stores.

mod story;
mod witness;
mod words;

pub(crate) use story::Story;
pub(crate) use witness::{Kept, Witness};
pub(crate) use words::ending_words;
