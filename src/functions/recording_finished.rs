//! `recording_finished`: a recording came to its end.

use super::Function;
use crate::call::Event;

/// Takes [`Event::RecordingFinished`].
pub const FUNCTION: Function =
    Function { name: "recording_finished", takes: |event| matches!(event, Event::RecordingFinished(_)) };
