//! The call flow language, pure: what a call does, as one file.
//!
//! Read [`model`] first: it is the language, as the rest of the program sees it.

pub mod key;
pub mod model;

pub use key::Key;
pub use model::{Flow, Menu, Play, Prompt, Record, Retry, Step, Target, Transfer};
