//! `operation_finished`: another operation came to its end.

use super::Function;
use crate::call::Event;

/// Takes [`Event::OperationFinished`].
pub const FUNCTION: Function =
    Function { name: "operation_finished", takes: |event| matches!(event, Event::OperationFinished(_)) };
