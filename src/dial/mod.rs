//! Calling out, within limits: whom the bot may call, how often, and how many at once.
//!
//! What may be is decided in [`mod@allow`]; [`mod@place`] carries it out.

pub mod allow;
pub mod place;

pub use allow::Refusal;
pub use place::{NotPlaced, STOP, place};
