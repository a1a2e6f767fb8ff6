//! The order, pure: whom to ring until somebody acknowledges. The value, its events, its deeds, the step. No I/O, no clock, no async.
//!
//! In reading order: what is wanted ([`plan`], [`quiet`]), what happens ([`event`]), what is to be done ([`deed`]), what is kept
//! ([`document`]), how the one becomes the other ([`mod@step`]), who does it ([`acting`]), and what is told of it ([`account`]).

pub mod account;
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

pub use account::Account;
pub use acting::Decision;
pub use deed::{Deed, Owed};
pub use document::{Conclusion, How, Order, Ring, RingEnd, RingEnding};
pub use event::{Event, Outcome};
pub use plan::{Mode, Person, Plan};
pub use quiet::Quiet;
pub use step::step;
