//! What the steps of a flow do, a verb a file: how a step begins, and what ends it.

mod asking;
mod branch;
mod collect;
mod go;
mod menu;
mod play;
mod record;
mod review;
mod set;
mod transfer;
mod wait;

pub(super) use record::Take;
