//! The key that ends a recording. Graph tells of it as a tone too, before the recording's end or after: it must not choose anything in
//! the step that follows.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    action::Action,
    document::{Operation, later},
    event::{Finished, Tone},
    moment::Moment,
};
use crate::flow::{Key, Step};

/// Graph's subcode for a recording that a key has ended.
const STOP_TONE: i64 = 8514;

/// How long after the recording's end the tone may be told, in milliseconds. Later the same key is pressed anew.
const TOLD_WITHIN_MS: u64 = 3_000;

/// What is known of the key that ends a recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopKey {
    /// Its tone was told while the caller was being recorded.
    Told,
    /// It has ended the recording, and its tone is still to come.
    Awaited {
        /// The keys of which it is one.
        keys: BTreeSet<Key>,
        /// Until when.
        until: Timestamp,
    },
}

impl Moment<'_> {
    /// A key was pressed while the caller was being recorded.
    pub(super) fn key_while_recording(&mut self, step: &str, key: Key) {
        let stops = matches!(self.flow.steps.get(step), Some(Step::Record(record)) if record.stop_keys.contains(&key));
        if stops {
            self.call.stop_key = Some(StopKey::Told);
        }
    }

    /// A recording has ended, perhaps by a key.
    pub(super) fn recording_stopped(&mut self, recording: &Operation, finished: &Finished) {
        let by_key = finished.result.as_ref().is_some_and(|result| result.subcode == STOP_TONE);
        let was_told = self.call.stop_key.take() == Some(StopKey::Told);
        if let (true, false, Action::RecordResponse { stop_keys, .. }) = (by_key, was_told, &recording.action) {
            self.call.stop_key = Some(StopKey::Awaited { keys: stop_keys.clone(), until: later(self.now, TOLD_WITHIN_MS) });
        }
    }

    /// This is the tone of the key that ended a recording: it says nothing more.
    pub(super) fn is_late_stop_key(&mut self, tone: &Tone) -> bool {
        let Some(StopKey::Awaited { keys, until }) = &self.call.stop_key else { return false };
        let is_it = tone.key.is_some_and(|key| keys.contains(&key)) && self.now <= *until;
        if is_it {
            self.call.stop_key = None;
        }
        is_it
    }
}
