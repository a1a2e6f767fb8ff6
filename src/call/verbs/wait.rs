//! `wait`: lets time pass. Silence is played, whose end is notified, so that waiting needs no server.

use crate::{
    call::{
        action::{Action, Sound},
        moment::Moment,
        phase::At,
    },
    flow::{Key, Step, Wait},
};

/// The longest silence in one piece, in milliseconds.
const LONGEST_SILENCE_MS: u32 = 120_000;

impl<'a> Moment<'a> {
    /// Yields the next step where there is nothing to wait for.
    pub(in crate::call) fn wait(&mut self, step: &str, wait: &'a Wait) -> Option<&'a str> {
        if let Some(alone) = wait.alone.as_ref().filter(|_| self.call.others() == 0) {
            return Some(alone);
        }
        let n = self.call.begin(Action::PlayPrompt { sounds: silence(wait.ms) }, self.now);
        self.stand(step, At::Wait { n });
        self.company_awaited();
        None
    }

    /// The silence has ended, or could not be played.
    pub(in crate::call) fn waited(&mut self, step: &str, completed: bool) {
        let Some(Step::Wait(wait)) = self.flow.steps.get(step) else { return };
        match completed {
            true => self.go(&wait.then),
            false => self.failed(|moment| moment.go(&wait.then)),
        }
    }

    /// A key was pressed meanwhile: one that the wait does not know does nothing.
    pub(in crate::call) fn key_while_waiting(&mut self, step: &str, key: Key, sequence: i64) {
        let Some(Step::Wait(wait)) = self.flow.steps.get(step) else { return };
        if let Some(next) = wait.keys.get(&key) {
            self.call.last_choice = Some(sequence);
            self.hush();
            self.go(next);
        }
    }
}

/// So much silence, in as few pieces of the same length as may be.
fn silence(ms: u32) -> Vec<Sound> {
    let pieces = ms.div_ceil(LONGEST_SILENCE_MS).max(1);
    let piece = |n: u32| ms / pieces + u32::from(n < ms % pieces);
    (0..pieces).map(|n| Sound::Silence { ms: piece(n) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_as_long_as_asked_and_no_piece_longer_than_graph_plays() {
        for ms in [100, 5_000, 120_000, 120_050, 600_000] {
            let sounds = silence(ms);
            assert_eq!(sounds.iter().map(Sound::ms).sum::<u32>(), ms);
            assert!(sounds.iter().all(|sound| (100..=LONGEST_SILENCE_MS).contains(&sound.ms())), "{ms}");
        }
        assert_eq!(silence(600_000).len(), 5);
    }
}
