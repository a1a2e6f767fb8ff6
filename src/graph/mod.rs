//! Graph's wire.

pub mod notification;
pub mod sender;
