//! Switchboard: a serverless calling bot for Microsoft Teams.
//!
//! In reading order:
//!
//! - [`call`] is the call, pure: `step(call, event, now) -> (call, actions)`.
//! - [`flow`] is the call flow language, pure.
//! - [`store`] keeps calls between two turns.
//! - [`clock`] is time.
//! - [`config`] is the settings, read once.
//! - [`telemetry`] is the log.

pub mod call;
pub mod clock;
pub mod config;
pub mod flow;
pub mod store;
pub mod telemetry;
