//! The flows that calls follow: those on the shelf ([`shelf`], the flows folder), and those that calls are pinned to ([`pinned`]).

pub mod pinned;
pub mod shelf;

pub use pinned::{FlowError, Flows, Incoming};
pub use shelf::Shelf;
