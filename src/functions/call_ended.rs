//! `call_ended`: the call is over.

use super::Function;
use crate::call::Event;

/// Takes [`Event::CallEnded`].
pub const FUNCTION: Function = Function { name: "call_ended", takes: |event| matches!(event, Event::CallEnded { .. }) };
