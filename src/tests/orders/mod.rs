//! Orders, as whoever gives one sees them: over real HTTP, with a simulated Teams in virtual time and a server that is told.

mod asked;
mod bounded;
mod desk;
mod quiet;
mod rung;
mod unkind;
