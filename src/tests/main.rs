//! Tests of the whole: what the house rules are, what the door lets in, and what a killed process loses.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod door;
mod house;
mod killed;
mod queues;
