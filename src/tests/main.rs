//! Tests of the whole: what the house rules are, and what it costs to keep calls in Cosmos DB.

mod cosmos;
mod house;
