//! Calling out, within limits: whom the bot may call, how often, and how many at once.
//!
//! What may be is decided in [`mod@allow`], [`tally`] and [`seat`]; [`mod@place`] carries it out, once it has a place in the tally
//! (`reserve`) and, where it joins a meeting, a seat there (`sit`). What may not be is kept in a [`journal`] (`note`). All of
//! these are records (`kept`).

pub mod allow;
pub mod journal;
mod kept;
mod note;
pub mod place;
mod reserve;
pub mod seat;
mod sit;
pub mod tally;

pub use allow::Refusal;
pub use note::{note, refusals};
pub use place::{NotPlaced, STOP, place};
