//! What the steps of a flow do, a verb a file: how a step begins, and what ends it.

mod branch;
mod go;
mod hours;
mod menu;
mod play;
mod record;
mod set;
mod transfer;
mod wait;
