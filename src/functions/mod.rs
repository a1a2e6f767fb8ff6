//! What Azure runs: one file for each folder of `/functions`, of the same name.
//!
//! [`notifications`] is the door. It hands each notification to the function of its type in process; a queue brings those that could
//! not be finished there back to the same function. [`calls`], [`orders`] and [`switches`] are the control API: [`api`] is what they share,
//! and [`description`] describes it. [`routes`] says what is where.

pub mod api;
pub mod brought;
pub mod call_ended;
pub mod call_updated;
pub mod calls;
pub mod description;
pub mod health;
pub mod housekeeping;
pub mod incoming_call;
pub mod notifications;
pub mod operation_finished;
pub mod orders;
pub mod participants_updated;
pub mod prompt_finished;
pub mod prompts;
pub mod recording_finished;
pub mod switches;
pub mod tone_received;
pub mod wake;

mod body;
mod invoked;
mod routes;

pub use routes::routes;

use crate::call::Event;

/// A function that takes events of one type.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// Its name: of its folder, its module, its event, its queue (with `-` for `_`).
    pub name: &'static str,
    /// Whether an event is of its type.
    pub takes: fn(&Event) -> bool,
}

/// The functions that take events.
pub const FUNCTIONS: [Function; 9] = [
    incoming_call::FUNCTION,
    call_updated::FUNCTION,
    tone_received::FUNCTION,
    prompt_finished::FUNCTION,
    recording_finished::FUNCTION,
    operation_finished::FUNCTION,
    participants_updated::FUNCTION,
    call_ended::FUNCTION,
    wake::FUNCTION,
];
