//! `participants_updated`: somebody joined or left.

use super::Function;
use crate::call::Event;

/// Takes [`Event::ParticipantsUpdated`].
pub const FUNCTION: Function =
    Function { name: "participants_updated", takes: |event| matches!(event, Event::ParticipantsUpdated { .. }) };
