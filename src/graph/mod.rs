//! Graph's wire.

pub mod notification;
