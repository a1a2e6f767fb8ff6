//! Tests of a flow, as data: what is given, what the caller does, and what must be observed, in order. A file holds one or more.
//!
//! In reading order:
//!
//! - [`model`] is a checked test, as it is played.
//! - `file` is what may be written, `begins` how a call begins; `line` is one line of its talk.
//! - `read` makes the one from the other, or says everything that is wrong.
//! - `sense` checks what no line can know by itself.
//! - [`schema`] is the language of tests as JSON Schema.

mod begins;
mod file;
mod line;
pub mod model;
mod read;
mod sense;

#[cfg(test)]
mod tests;

use serde_json::Value as Json;

use super::schema::schema_of;

pub use model::{
    Answer, Answering, Attendee, Begins, Caller, Cue, End, Gathering, Given, Leaves, Line, Lobby, Moves, Notified, Person,
    Placed, Recorded, Said, Trial,
};
pub use read::{Script, read};
pub use sense::is_meant;

/// The schema of a file of tests, for editors.
pub fn schema() -> Json {
    let mut schema = schema_of::<file::File>();
    schema.insert("title".to_owned(), "Tests of a Switchboard call flow".into());
    schema.to_value()
}
