//! Tests of the whole: what the house rules are, what the door lets in, what a Functions host does, and what a killed process loses.

mod door;
mod host;
mod house;
mod killed;
mod queues {
    pub(crate) mod storage;
}
