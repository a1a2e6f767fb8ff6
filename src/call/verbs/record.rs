//! `record`: records what the caller says.
//!
//! Graph records two minutes at the most. What may be longer is recorded in parts, one after the other, which are joined when the
//! step is left.

use crate::{
    call::{
        action::Action,
        document::later,
        moment::Moment,
        phase::{At, Phase},
    },
    flow::{Record, Step},
};

/// The longest part, in seconds. <https://learn.microsoft.com/graph/api/call-record>
const LONGEST_PART_S: u16 = 120;

/// How long the last part of a call that has ended may take to be told of, in milliseconds.
const LAST_PART_WITHIN_MS: u64 = 15_000;

/// How a recording ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::call) enum Take {
    /// With something in it.
    Something,
    /// With something in it, and cut off since it was as long as Graph records.
    CutOff,
    /// With nothing in it.
    Nothing,
    /// Badly.
    Failed,
}

impl Moment<'_> {
    pub(in crate::call) fn record(&mut self, step: &str, record: &Record) {
        let first_s = record.longest_s.min(LONGEST_PART_S);
        let action = Action::RecordResponse {
            prompt: self.sounds(&record.prompt).pop(),
            beep: record.beep,
            longest_s: in_seconds(first_s),
            first_silence_s: record.first_silence_s,
            silence_s: record.silence_s,
            stop_keys: record.stop_keys.clone(),
        };
        let n = self.call.begin(action, self.now);
        self.stand(step, At::Record { n, parts: Vec::new(), left_s: record.longest_s - first_s });
    }

    /// The recording has ended, or a part of it.
    pub(in crate::call) fn recording_ended(&mut self, n: u32, take: Take) {
        let Some((step, At::Record { n: recording, mut parts, left_s })) = self.at() else { return };
        let Some(Step::Record(record)) = self.flow.steps.get(&step) else { return };
        if n != recording {
            return;
        }
        if matches!(take, Take::Something | Take::CutOff) {
            parts.push(n);
        }
        match take {
            Take::CutOff if left_s > 0 => self.record_on(&step, record, parts, left_s),
            Take::Failed => self.failed(|moment| moment.recorded_all(&step, record, parts)),
            Take::Something | Take::CutOff | Take::Nothing => self.recorded_all(&step, record, parts),
        }
    }

    /// Records the next part: without a word, as the caller is speaking.
    fn record_on(&mut self, step: &str, record: &Record, parts: Vec<u32>, left_s: u16) {
        let next_s = left_s.min(LONGEST_PART_S);
        let action = Action::RecordResponse {
            prompt: None,
            beep: false,
            longest_s: in_seconds(next_s),
            first_silence_s: record.silence_s,
            silence_s: record.silence_s,
            stop_keys: record.stop_keys.clone(),
        };
        let n = self.call.begin(action, self.now);
        self.stand(step, At::Record { n, parts, left_s: left_s - next_s });
    }

    fn recorded_all(&mut self, step: &str, record: &Record, parts: Vec<u32>) {
        match &record.review {
            _ if parts.is_empty() => self.go(&record.nothing),
            Some(review) => self.review(step, review, parts, 0),
            None => {
                self.join(parts, 0);
                self.go(&record.then);
            }
        }
    }

    /// Makes one recording of its parts, when they have been fetched.
    pub(super) fn join(&mut self, parts: Vec<u32>, after_ms: u64) {
        if parts.len() < 2 {
            return;
        }
        let n = self.call.owe(Action::JoinRecordings { parts });
        let until = (after_ms > 0).then(|| later(self.now, after_ms));
        self.call.owed.iter_mut().filter(|owed| owed.n == n).for_each(|owed| owed.until = until);
    }

    /// The call ends in the middle: what was said so far is one recording all the same.
    pub(in crate::call) fn join_what_was_said(&mut self) {
        let Phase::InStep { at: At::Record { parts, .. } | At::Review { parts, .. }, .. } = &self.call.phase else { return };
        let mut parts = parts.clone();
        if let Phase::InStep { at: At::Record { n, .. }, .. } = &self.call.phase {
            parts.extend(Some(*n).filter(|_| !parts.is_empty()));
        }
        self.join(parts, LAST_PART_WITHIN_MS);
    }
}

/// Never more than a part may be long.
fn in_seconds(s: u16) -> u8 {
    u8::try_from(s).unwrap_or(LONGEST_PART_S as u8)
}
