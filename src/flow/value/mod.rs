//! What attributes take. Each type reads itself from the file, says what it expected instead, and describes itself for the schema.
//!
//! - `reference` names steps and prompts.
//! - `text` is text of a certain form.
//! - `time` is times, `count` whole numbers.
//! - `choices` is which key leads where, `ways` which answer does, `cases` which comparison.
//! - `entries` is a table of named things, or a list; `hook` is what is said of hooks.
//! - `keys` is keys that are sent.
//! - `pattern` is what digits must look like.
//! - `testing` is what only tests of a flow have.
//! - `whom` is whom a call is passed on to.
//! - `variables` is variables, and text that they stand in; `zone` is time zones;
//!   `hours` is when somebody is there, `languages` is languages.

mod cases;
mod choices;
mod count;
mod entries;
mod hook;
mod hours;
mod keys;
mod languages;
mod pattern;
mod reference;
mod testing;
mod text;
mod time;
mod variables;
mod ways;
mod whom;
mod zone;

pub(super) use cases::{Cases, Texts};
pub(super) use choices::Choices;
pub(super) use count::Count;
pub(super) use entries::{Each, Entries};
pub(super) use hook::{AnswerName, EventType, HookUrl};
pub(super) use hours::{Holidays, Spans, SwitchName};
pub(super) use keys::KeysText;
pub use keys::MOST_KEYS;
pub(super) use languages::{Languages, Translations};
pub(super) use pattern::Pattern;
pub use pattern::fits;
pub(super) use reference::{FlowRef, HookRef, PromptRef, Prompts, StepRef};
pub(super) use testing::{Contact, Instant, Pressed};
pub(super) use text::{Guid, Keys, OneKey, Phone, WavePath, Words, guid, phone};
pub(super) use time::{Seconds, Time};
pub(super) use variables::{Assignments, Text, VariableRef, Variables};
pub(super) use ways::Ways;
pub(super) use whom::{GuidText, PhoneText};
pub(super) use zone::Zone;
