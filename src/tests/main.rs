//! Tests of the whole: what the house rules are, what the door lets in, what a killed process loses, and what the queues keep.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod door;
mod house;
mod killed;
mod queues;
