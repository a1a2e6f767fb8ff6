//! Switchboard.

pub mod simulator;
