//! Orders, as whoever gives one sees them: over real HTTP, with a simulated Teams, mostly in virtual time, and a server that is told.

mod asked;
mod bounded;
mod desk;
mod instances;
mod quiet;
mod rung;
mod unkind;
