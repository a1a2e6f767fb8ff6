//! Tests of the whole: what the house rules are, and that nothing is lost or done twice in any world.

mod house;
mod world;
