//! Tests of the whole: how calls are placed and orders go, what the program says, what the house rules are, how calls go, what the door
//! lets in, what a Functions host does, what it costs to keep calls in Cosmos DB, what a killed process loses, what the queues keep, what
//! is told to collectors, and what a hundred thousand worlds have
//! in common.

#![cfg(test)] // So that all of it counts as tests, not the functions with `#[test]` alone.

mod calls;
mod cosmos;
mod dev;
mod dial;
mod doctor;
mod door;
mod flow_tests;
mod host;
mod house;
mod journeys;
mod killed;
mod orders;
mod package;
mod queues;
mod recordings;
mod telemetry;
mod world;
