//! A small Teams: Graph's calling routes, the token endpoint, signing keys, and people who ring, press, talk and hang up.
//!
//! It imports nothing of the bot, so that it cannot share the bot's misreadings. [`world`] is the pure core: requests, time and answers
//! go in, effects come out. [`server`] carries it over HTTP on loopback under a [`clock`] that may be virtual. `README.md` beside this
//! file says what is played faithfully and what is not.

// What a user of the simulator meets.
pub mod contact;
pub mod ledger;
pub mod observation;
pub mod script;
pub mod setup;
pub mod wire;
pub mod world;

pub mod clock;
pub mod keys;
pub mod server;

// Inside: the bot's requests, ...
mod asks;
mod reply;
mod route;

// ... the calls and the people in them, ...
mod call;
mod dialect;
mod person;

// ... and what the calls share.
mod agenda;
mod letter;
mod mishaps;
mod shelf;
mod sound;
mod stage;
mod voice;

#[cfg(test)]
mod tests;
