//! `call_updated`: the call's state or its media changed.

use super::Function;
use crate::call::Event;

/// Takes [`Event::CallUpdated`].
pub const FUNCTION: Function = Function { name: "call_updated", takes: |event| matches!(event, Event::CallUpdated(_)) };
