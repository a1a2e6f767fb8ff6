//! A post of Graph read into events.
//!
//! In reading order: the post and its items ([`read()`]), where an item points (`resource`), what it says (`data`).

mod data;
mod read;
mod resource;

pub use data::{call_update, participants, roster_sequence};
pub use read::{Item, MOST_ITEMS, Post, Reading, Unreadable, read};

#[cfg(test)]
mod tests;
