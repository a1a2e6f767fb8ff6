//! Recordings in a container of blobs: against a small one of our own, and against Azurite where there is one.

mod azurite;
mod container;
mod promises;
mod source;
