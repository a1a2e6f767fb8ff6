//! A small Teams: Graph's calling routes, the token endpoint, signing keys, and people who ring, press, talk and hang up.
//!
//! It imports nothing of the bot, so that it cannot share the bot's misreadings. [`world`] is the pure core: requests, time and answers
//! go in, effects come out. [`server`] carries it over HTTP on loopback under a [`clock`] that may be virtual.

pub mod clock;
pub mod keys;
pub mod wire;
