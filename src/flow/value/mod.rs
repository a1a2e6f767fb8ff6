//! What attributes take. Each type reads itself from the file, says what it expected instead, and describes itself for the schema.
//!
//! - `reference` names steps and prompts.
//! - `text` is text of a certain form.
//! - `time` is times, `count` whole numbers.
//! - `choices` is which key leads where, `cases` which comparison.
//! - `entries` is a table of named things.
//! - `pattern` is what digits must look like.
//! - `variables` is variables, and text that they stand in; `zone` is time zones.

mod cases;
mod choices;
mod count;
mod entries;
mod pattern;
mod reference;
mod text;
mod time;
mod variables;
mod zone;

pub(super) use cases::{Cases, Texts};
pub(super) use choices::Choices;
pub(super) use count::Count;
pub(super) use entries::Entries;
pub(super) use pattern::Pattern;
pub use pattern::fits;
pub(super) use reference::{FlowRef, PromptRef, Prompts, StepRef};
pub(super) use text::{Guid, Keys, OneKey, Phone, WavePath, Words};
pub(super) use time::{Seconds, Time};
pub(super) use variables::{Assignments, Text, VariableRef, Variables};
pub(super) use zone::Zone;
