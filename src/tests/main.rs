//! Tests of the whole: what the program says, what the house rules are, how calls go, what the door lets in, what a Functions host does,
//! what it costs to keep calls in Cosmos DB, and what a killed process loses.

mod cosmos;
mod dev;
mod dial;
mod door;
mod host;
mod house;
mod journeys;
mod killed;
mod queues {
    #[allow(dead_code, reason = "the tests of the queues use the rest")]
    pub(crate) mod storage;
}
