//! Tests of the whole: what the house rules are, what the door lets in, what a killed process loses, and what somebody at a terminal
//! sees.

#![cfg(test)] // So that all of it counts as tests, not the functions with `#[test]` alone.

mod dev;
mod door;
mod house;
mod killed;
