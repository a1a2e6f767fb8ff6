//! The call flow language, pure: what a call does, as one file.
//!
//! In reading order:
//!
//! - [`model`] is a checked flow, as the rest of the program sees it; [`dialogue`] is those of its steps that speak with the caller,
//!   `reaching` those that reach the world outside the call, [`company`] those of calls with more than two.
//! - [`mod@check`] makes one from a file, or says everything that is wrong with it.
//! - [`finding`] is one such thing.
//! - `file` and `verb` are what may be written; `value` is what their attributes take. A new verb is one file in `verb` and one
//!   row in its table.
//! - `read` reads a table of the file into such a type; `steps`, `prompts` and `hooks` do so for all of them.
//! - [`template`] is text that variables stand in; [`fact`] is what is known of every call.
//! - [`case`] is what a branch compares; [`hours`] is when somebody is there; `whom` is whom a call is passed on to, and who is meant; `together` puts
//!   flows together that go on with each other.
//! - [`spoken`] is how numbers are said.
//! - `names`, `variables`, `languages` and `paths` check what no table can know by itself.
//! - `ways` are the outcomes of a step, and [`mod@mermaid`] draws them.
//! - [`schema`] is the language as JSON Schema, derived from the same types.
//! - [`trial`] is the language of tests, which lie beside a flow.
//! - [`rendering`] remembers which prompts a computer has spoken.

pub mod case;
pub mod check;
pub mod company;
pub mod dialogue;
pub mod fact;
mod file;
pub mod finding;
pub mod hash;
mod hooks;
pub mod hours;
pub mod key;
mod languages;
pub mod mermaid;
pub mod model;
mod names;
mod outside;
mod paths;
mod prompts;
mod reaching;
mod read;
pub mod rendering;
mod report;
pub mod schema;
pub mod spoken;
mod steps;
pub mod template;
pub mod together;
pub mod trial;
mod value;
mod variables;
mod verb;
mod ways;
mod whom;

#[cfg(test)]
mod tests;

pub use case::Case;
pub use check::{Checked, MAX_FILE, MAX_STEPS, Onward, Source, Unplayable, Wave, Wording, check, wordings};
pub use company::{CallKind, Hold, Invite, Joins, Leads, Mute, Remove, Unhold};
pub use fact::Fact;
pub use finding::{Finding, Severity};
pub use hours::{Calendar, Opening};
pub use key::Key;
pub use model::{
    Branch, Collect, Flow, Go, HASH_PREFIX, Hours, LONGEST_VALUE, Language, MOST_VARIABLES, Menu, Play, Prompt, Record, Retry,
    Review, Say, SendKeys, Set, Step, Target, Transfer, Wait,
};
pub use reaching::{Acknowledge, Answer, Ask, Notify, Redirect, Reject, RejectReason};
pub use rendering::Renderings;
pub use template::{Template, TemplateError};
pub use together::{MOST_STORED, crowded, rounds, together, too_large};
pub use value::{MOST_KEYS, fits};
pub use ways::Way;
pub use whom::{Who, Whom};
