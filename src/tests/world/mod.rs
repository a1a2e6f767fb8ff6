//! The real turns in worlds without sockets, threads or time: everything that can happen between two of them happens.
//!
//! [`seeds`] plays whole calls against the simulated platform in a hundred thousand worlds of mishaps. [`schedules`] plays a few turns
//! of one call in every order there is.

mod bot;
mod gate;
mod schedules;
mod seeds;
