//! The handler under a Functions host.

mod fleet;
mod journeys;
mod keys;
mod lives;
mod published;
mod queues;
