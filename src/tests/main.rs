//! Tests of the whole: what the program says, what the house rules are, how calls go.

mod dial;
mod house;
mod journeys;
