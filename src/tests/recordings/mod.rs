//! Recordings in a container of blobs: against a small one of our own, and against Azurite where there is one.

mod azurite;
pub(crate) mod container;
mod promises;
mod source;
