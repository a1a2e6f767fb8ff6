//! What the steps of a flow do, a verb a file: how a step begins, and what ends it.

mod acknowledge;
mod ask;
mod asking;
mod branch;
mod collect;
mod go;
mod hours;
mod invite;
mod language;
mod menu;
mod moderate;
mod notify;
mod play;
mod record;
mod review;
mod say;
mod send_keys;
mod set;
mod transfer;
mod unanswered;
mod wait;

pub(super) use ask::given_up_at;
pub(super) use moderate::is_done_already;
pub(super) use record::Take;
