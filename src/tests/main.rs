//! Tests of the whole: the house rules, and the commands as people use them.

mod dev;
mod house;
