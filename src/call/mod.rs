//! The call, pure: the value, its events, its actions, the step. No I/O, no clock, no async.
//!
//! In reading order: what happens ([`event`]), what is asked for ([`action`]), what is kept ([`document`], [`phase`]), and how the
//! one becomes the other ([`mod@step`]).

pub mod acting;
pub mod action;
mod begin;
mod cut_off;
pub mod digits;
pub mod document;
pub mod event;
pub mod hook;
pub mod ids;
pub mod journal;
mod made;
pub mod meeting;
pub mod message;
mod moment;
mod not_taken;
pub mod order;
pub mod phase;
pub mod placing;
pub mod roster;
pub mod secrets;
mod settle;
mod steered;
pub mod step;
mod stop_key;
mod variables;
mod verbs;
mod wake;

#[cfg(test)]
mod tests;

pub use acting::Decision;
pub use action::{Action, Owed, OwedState, Sound};
pub use document::{Acting, Call, Direction, Kept};
pub use event::{CallState, Event, Finished, Found, Incoming, Outcome, Participant, Party, Recorded, ResultInfo, Tone, Update};
pub use hook::{Answer, Facts, Hook};
pub use ids::{BadId, CallKey, CallbackSecret, GraphCallId, OperationId, OrderId, ParticipantId, RecordingToken};
pub use journal::{Entry, Journal};
pub use made::Terms;
pub use meeting::{Meeting, Passcode};
pub use message::{Address, Arrival, Message};
pub use order::{PartOf, Report};
pub use phase::{At, Ending, Phase};
pub use placing::{Placing, Reached, Try};
pub use roster::{Company, Member};
pub use secrets::Secrets;
pub use step::step;
pub use stop_key::StopKey;
