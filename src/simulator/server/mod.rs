//! The simulated platform on a loopback port: one [`World`](super::world::World) behind real HTTP.
//!
//! | path | what |
//! |---|---|
//! | `/{tenant}/oauth2/v2.0/token` | Entra's token endpoint, client credentials only |
//! | `/v1.0/communications/calls…` | Graph's calling routes |
//! | `/recordings/{id}` | kept recordings |
//! | `/.well-known/openid-configuration`, `/keys` | how notifications are signed |
//! | `/simulator/…` | people, for a second terminal |
//!
//! Whatever touches the world goes through the `platform`, which at once hands on what came of it. The `carrier` posts
//! notifications, fetches prompts and lets time pass; the `door` takes requests in. Both hold the clock for as long as a request is
//! in flight, so virtual time never moves under one.

pub use entra::Consent;
pub use running::{Options, Running, Simulator};

mod carrier;
mod control;
mod door;
mod entra;
mod graph;
mod ids;
mod journal;
mod openid;
mod platform;
mod respond;
mod routes;
mod running;
mod senders;
mod waiting;

#[cfg(test)]
mod tests;
