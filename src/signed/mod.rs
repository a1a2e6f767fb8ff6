//! Tokens that others have signed: whether somebody who publishes their keys signed one, for us and for now.
//!
//! In reading order: the check of a token ([`Signed`]), what is wrong with one ([`Fault`]), the keys (`signing_keys`), the tokens that
//! were checked before (`remembered`).

mod check;
mod fault;
mod remembered;
mod signing_keys;

pub use check::{Options, Signed, bearer};
pub use fault::{Fault, NoKeys};
