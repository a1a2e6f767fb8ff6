//! The handler under a Functions host.

mod fleet;
mod identities;
mod journeys;
mod keys;
mod lives;
mod outage;
mod published;
mod queues;
mod waits;
