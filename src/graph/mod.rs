//! Graph's wire.
//!
//! Inbound: what Graph posts becomes events ([`notification`]), once it is known that Graph posted it ([`sender`]).
//!
//! Outbound, in reading order: an action becomes a request ([`request`]), which is sent ([`transport`]) with a token ([`token`],
//! asked of [`entra`]) over [`http`]; the response becomes an outcome ([`outcome`]), and a refusal a sentence ([`meaning`]).
//! [`client`] does all of it. [`join_url`] reads the address by which people join a meeting.

pub mod client;
pub mod entra;
pub mod http;
pub mod join_url;
pub mod meaning;
pub mod notification;
pub mod outcome;
pub mod request;
pub mod sender;
pub mod token;
mod told;
pub mod transport;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod servers;
