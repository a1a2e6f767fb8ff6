//! Tests of the whole: the house rules, and the commands as people use them.

#[cfg(test)]
mod dev;
mod house;
