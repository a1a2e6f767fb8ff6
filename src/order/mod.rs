//! The order, pure: whom to ring until somebody acknowledges. The value, its events, its deeds, the step. No I/O, no clock, no async.
//!
//! In reading order: what is wanted ([`plan`], [`quiet`]), what happens ([`event`]), what is to be done ([`deed`]), what is kept
//! ([`document`]), how the one becomes the other ([`mod@step`]), and who does it ([`acting`]).

pub mod acting;
pub mod deed;
pub mod document;
pub mod event;
mod owing;
pub mod plan;
pub mod quiet;
pub mod step;

#[cfg(test)]
mod tests;

pub use acting::Decision;
pub use deed::{Deed, Owed};
pub use document::{Conclusion, How, Order, Ring, RingEnd, RingEnding};
pub use event::{Event, Outcome};
pub use owing::outcome;
pub use plan::{Mode, Person, Plan};
pub use quiet::Quiet;
pub use step::step;
