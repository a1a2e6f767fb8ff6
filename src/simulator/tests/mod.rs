//! The platform as a bot meets it.

mod conversation;
mod endings;
mod media;
mod notifications;
mod random;
mod recordings;
mod refusals;
mod room;
mod survival;
mod transfers;
mod unkind;
