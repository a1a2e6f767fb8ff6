//! Switchboard: a serverless calling bot for Microsoft Teams.
//!
//! In reading order:
//!
//! - [`call`] is the call, pure: `step(call, event, now) -> (call, actions)`.
//! - [`flow`] is the call flow language, pure.
//! - [`flows`] is the shelf of checked flows.
//! - [`store`] keeps calls between two turns.
//! - [`media`] is sound: what Graph can play, how it is handed out, where recordings are kept.
//! - [`clock`] is time.

pub mod call;
pub mod clock;
pub mod flow;
pub mod flows;
pub mod media;
pub mod store;
