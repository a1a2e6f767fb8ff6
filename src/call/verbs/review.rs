//! What `record` offers when the caller has spoken: listen to it, say it again, keep it.

use crate::{
    call::{
        action::{Action, Sound},
        moment::Moment,
        phase::At,
    },
    flow::{Key, Record, Review, Step},
};

/// How long a recording that is still being fetched is waited for at a time, in milliseconds.
const LOOK_EVERY_MS: u32 = 1_000;

/// How often it is waited for before it is not played after all.
const LOOKS: u8 = 10;

impl<'a> Moment<'a> {
    /// Offers the review; `failures` is how often it was offered in vain.
    pub(super) fn review(&mut self, step: &str, review: &Review, parts: Vec<u32>, failures: u8) {
        self.play_review(step, review, parts, failures, Vec::new());
    }

    /// A key was pressed. One that the review does not offer says nothing: it may be the one that ended the recording.
    pub(in crate::call) fn reviewed(&mut self, step: &str, key: Key, sequence: i64) {
        let Some((_, At::Review { parts, .. })) = self.at() else { return };
        let Some((record, review)) = self.review_of(step) else { return };
        if ![review.listen, review.again, review.keep].contains(&key) {
            return;
        }
        self.call.last_choice = Some(sequence);
        self.hush();
        if key == review.listen {
            self.listen(step, review, parts, 0);
        } else if key == review.again {
            self.call.forgotten.extend(&parts);
            self.call.owe(Action::ForgetRecordings { recordings: parts });
            self.record(step, record);
        } else {
            self.keep(record, parts);
        }
    }

    /// What was played has ended: nobody chose, or the recording may have come by now.
    pub(in crate::call) fn review_awaited(&mut self, step: &str, completed: bool) {
        let Some((_, At::Review { parts, failures, looks, .. })) = self.at() else { return };
        let Some((record, review)) = self.review_of(step) else { return };
        let failures = failures.saturating_add(1);
        match looks {
            Some(looks) if completed => self.listen(step, review, parts, looks),
            _ if failures >= review.attempts => self.keep(record, parts),
            _ => self.unless_failed(completed, |moment| moment.review(step, review, parts, failures)),
        }
    }

    /// Plays what was said, when all of it has come, and then the choices.
    fn listen(&mut self, step: &str, review: &Review, parts: Vec<u32>, looks: u8) {
        let kept = |n: &u32| self.call.recordings.iter().find(|kept| kept.n == *n);
        let sounds: Vec<Sound> = parts.iter().filter_map(kept).map(|kept| Sound::Recording { n: kept.n, ms: kept.ms }).collect();
        if sounds.len() == parts.len() || looks >= LOOKS {
            return self.play_review(step, review, parts, 0, sounds);
        }
        let (n, _) = self.play_and_wait(Vec::new(), LOOK_EVERY_MS, true);
        self.stand(step, At::Review { n, parts, failures: 0, looks: Some(looks + 1) });
    }

    fn play_review(&mut self, step: &str, review: &Review, parts: Vec<u32>, failures: u8, first: Vec<Sound>) {
        let sounds = first.into_iter().chain(self.sounds(std::slice::from_ref(&review.prompt))).collect();
        let (n, _) = self.play_and_wait(sounds, review.timeout_ms, true);
        self.stand(step, At::Review { n, parts, failures, looks: None });
    }

    fn keep(&mut self, record: &Record, parts: Vec<u32>) {
        self.join(parts, 0);
        self.go(&record.then);
    }

    fn review_of(&self, step: &str) -> Option<(&'a Record, &'a Review)> {
        match self.flow.steps.get(step) {
            Some(Step::Record(record)) => Some((record, record.review.as_ref()?)),
            _ => None,
        }
    }
}
