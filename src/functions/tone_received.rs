//! `tone_received`: a key was pressed.

use super::Function;
use crate::call::Event;

/// Takes [`Event::ToneReceived`].
pub const FUNCTION: Function = Function { name: "tone_received", takes: |event| matches!(event, Event::ToneReceived(_)) };
