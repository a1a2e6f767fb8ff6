//! Calls that the bot places, as whoever orders them sees it: over real HTTP, with a simulated Teams in virtual time.

mod desk;
pub(crate) mod stopper;

// An order, and the call that comes of it.
mod killed;
mod once;
mod phones;
mod placing;
mod unannounced;

// What is refused.
mod bad;
mod joining;
mod limits;
mod tokens;

// What is seen.
mod commands;
mod description;
mod documented;
mod listing;
