//! What the steps of a flow do, a verb a file: how a step begins, and what ends it.

mod asking;
mod collect;
mod menu;
mod play;
mod record;
mod set;
mod transfer;
