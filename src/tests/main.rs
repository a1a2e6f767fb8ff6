//! Tests of the whole: what the house rules are, what the door lets in, and what a killed process loses.

mod door;
mod house;
mod killed;
mod queues;
