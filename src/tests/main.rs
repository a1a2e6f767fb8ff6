//! Tests of the whole: what the house rules are.

mod house;
