//! Calls that the bot places, as whoever orders them sees it: over real HTTP, with a simulated Teams in virtual time.

mod desk;
mod placing;
