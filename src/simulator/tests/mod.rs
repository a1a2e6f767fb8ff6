//! The platform as a bot meets it.

mod conversation;
mod endings;
mod media;
mod notifications;
mod placing;
mod placing_refused;
mod placing_unkind;
mod random;
mod recordings;
mod refusals;
mod room;
mod survival;
mod transfers;
mod unkind;
