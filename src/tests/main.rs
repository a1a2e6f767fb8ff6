//! Tests of the whole: the house rules, and the handler under a Functions host.

mod host;
mod house;
