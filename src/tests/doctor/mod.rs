//! `switchboard doctor`, as people run it: on a bot that lacks nothing, and on one that lacks one thing.

mod clinic;
mod faults;
