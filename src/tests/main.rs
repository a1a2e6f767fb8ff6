//! Tests of the whole: what the program says, what the house rules are, how calls go, what the door lets in, what a Functions host does,
//! what it costs to keep calls in Cosmos DB, what a killed process loses, and what the queues keep.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cosmos;
mod dev;
mod dial;
mod door;
mod host;
mod house;
mod journeys;
mod killed;
mod queues;
