//! Switchboard: a serverless calling bot for Microsoft Teams.
//!
//! In reading order:
//!
//! - [`call`] is the call, pure: `step(call, event, now) -> call`, with the actions it owes in it.
//! - [`flow`] is the call flow language, pure.
//! - [`turn`] is the one loop that touches the world: load, step, save, act. [`keep`] does the same for recordings.
//! - [`app`] is what a turn may reach.
//! - [`functions`] are what Azure runs: one for each type of notification, and the door before them.
//! - [`graph`] is Graph's wire.
//! - [`store`] keeps calls between two turns.
//! - [`media`] is sound: what Graph can play, how it is handed out, where recordings are kept.
//! - [`clock`] is time.

pub mod call;
pub mod flow;
pub mod media;
pub mod store;
pub mod telemetry;
pub mod wakes;

pub mod simulator;
pub mod stage;
