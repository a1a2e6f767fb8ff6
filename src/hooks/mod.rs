//! Hooks: the operator's own servers, which a flow asks and tells.
//!
//! What is sent ([`body`]) is signed ([`signing`]) and sent by [`client`]; what comes back is an [`answer`].

pub mod answer;
pub mod body;
pub mod client;
pub mod signing;

#[cfg(test)]
mod tests;

pub use client::{Hooks, Notice};
