//! The queues: against a small storage account of our own, and against Azurite where there is one.

mod azurite;
mod client;
mod commands;
pub(crate) mod promises;
pub(crate) mod storage;
