//! Queues: what cannot be finished now is put on its type's queue, and the Functions host brings it back.
//!
//! - [`Queues`] puts messages, each to be seen at once or after a delay.
//! - [`Poisoned`] is a message that was given up, with its reason; [`Queues::redeliver`] gives it another chance.
//! - A body ([`LONGEST_MESSAGE`]) is base64, as `messageEncoding` in host.json says, of a JSON array. An array, since the host
//!   copies the properties of an object over those that it says of the message itself.
//!
//! A queue has the name of its function with `-` for `_` ([`queue_of`]), its poison queue `-poison` after it ([`poison_queue_of`]).

mod body;
mod chosen;
mod connection;
mod error;
mod later;
mod poisoned;
mod put;

pub use body::LONGEST_MESSAGE;
pub use chosen::Chosen;
pub use error::QueueError;
pub use poisoned::{MOST_PEEKED, Poisoned};
pub use put::Queues;

/// The queue of a function.
pub fn queue_of(function: &str) -> String {
    function.replace('_', "-")
}

/// Where the messages of a queue go that are given up: by the host after its last try, or by the function itself.
pub fn poison_queue_of(queue: &str) -> String {
    format!("{queue}-poison")
}
