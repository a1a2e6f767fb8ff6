//! Switchboard: a serverless calling bot for Microsoft Teams.
//!
//! In reading order:
//!
//! - [`call`] is the call, pure: `step(call, event, now) -> call`, with the actions it owes in it.
//! - [`flow`] is the call flow language, pure.
//! - [`flows`] is the shelf of checked flows.
//! - [`store`] keeps calls between two turns.
//! - [`graph`] is Graph's wire.
//! - [`media`] is sound: what Graph can play, how it is handed out, where recordings are kept.
//! - [`config`] is the settings, read once from the environment.
//! - [`telemetry`] is the log, as the Functions host and people read it.
//! - [`clock`] is time.

pub mod call;
pub mod flow;
pub mod flows;
pub mod graph;
pub mod media;
pub mod store;
pub mod telemetry;
pub mod wakes;

pub mod simulator;
pub mod stage;
