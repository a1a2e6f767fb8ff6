//! Switchboard: a serverless calling bot for Microsoft Teams.
//!
//! In reading order:
//!
//! - [`call`] is the call, pure: `step(call, event, now) -> call`, with the actions it owes in it.
//! - [`flow`] is the call flow language, pure.
//! - [`store`] keeps calls between two turns.
//! - [`media`] is sound: what Graph can play, how it is handed out, where recordings are kept.
//! - [`graph`] is Graph's wire.
//! - [`config`] is the settings, read once from the environment.
//! - [`telemetry`] is the log, as the Functions host and people read it.
//! - [`clock`] is time.
//! - [`simulator`] is a small Teams to try it all against. Nothing above knows it.

pub mod call;
pub mod clock;
pub mod config;
pub mod flow;
pub mod graph;
pub mod media;
pub mod store;
pub mod telemetry;

pub mod simulator;
