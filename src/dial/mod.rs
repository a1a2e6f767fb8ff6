//! Calling out, within limits: whom the bot may call, how often, and how many at once.
//!
//! What may be is decided in [`mod@allow`] and [`tally`]; [`mod@place`] carries it out, once it has a place in the tally (`reserve`).

pub mod allow;
pub mod place;
mod reserve;
pub mod tally;

pub use allow::Refusal;
pub use place::{NotPlaced, STOP, place};
