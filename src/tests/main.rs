//! Tests of the whole: what the house rules are, and how calls go.

mod house;
mod journeys;
