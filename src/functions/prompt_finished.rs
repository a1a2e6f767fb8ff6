//! `prompt_finished`: a prompt came to its end.

use super::Function;
use crate::call::Event;

/// Takes [`Event::PromptFinished`].
pub const FUNCTION: Function = Function { name: "prompt_finished", takes: |event| matches!(event, Event::PromptFinished(_)) };
