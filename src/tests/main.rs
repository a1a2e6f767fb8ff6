//! Tests of the whole: what the house rules are, what the door lets in, what a Functions host does, what it costs to keep calls in
//! Cosmos DB, and what a killed process loses.

mod cosmos;
mod door;
mod host;
mod house;
mod killed;
mod queues {
    pub(crate) mod storage;
}
