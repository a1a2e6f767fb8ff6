//! What the steps of a flow do, a verb a file: how a step begins, and what ends it.

mod asking;
mod collect;
mod menu;
mod play;
mod record;
mod review;
mod set;
mod transfer;

pub(super) use record::Take;
