//! What the steps of a flow do, a verb a file: how a step begins, and what ends it.

mod ask;
mod branch;
mod go;
mod hours;
mod language;
mod menu;
mod notify;
mod play;
mod record;
mod say;
mod set;
mod transfer;
mod unanswered;
mod wait;

pub(super) use ask::given_up_at;
