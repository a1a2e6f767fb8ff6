//! `incoming_call`: somebody rings.

use super::Function;
use crate::call::Event;

/// Takes [`Event::IncomingCall`].
pub const FUNCTION: Function = Function { name: "incoming_call", takes: |event| matches!(event, Event::IncomingCall(_)) };
