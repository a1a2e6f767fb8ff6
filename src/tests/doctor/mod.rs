//! `switchboard doctor`, as people run it: on a bot that lacks nothing, and on one that lacks one thing; and the call
//! that it places.

mod call;
mod clinic;
mod faults;
