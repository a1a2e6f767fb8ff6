//! What the handler tells of itself: a call is one trace, nothing secret is told, and nothing of it ever changes a call.
//!
//! - [`standin`] stands in for a collector, and reads what it is sent by OpenTelemetry's own types.
//! - [`tree`] is the trace of one call or order, put together.

mod insights;
mod ordered;
mod patience;
mod placed;
mod secrets;
mod standin;
mod traces;
mod tree;
