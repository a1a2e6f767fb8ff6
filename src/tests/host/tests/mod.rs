//! The handler under a Functions host.

mod journeys;
mod keys;
mod lives;
mod queues;
