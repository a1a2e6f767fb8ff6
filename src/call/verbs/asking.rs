//! What the steps have in common that ask for keys: the sounds, and the silence after them that is the timer.
//!
//! The end of the silence is notified, so that waiting needs no server and no clock of ours.

use crate::call::{
    action::{Action, Sound},
    moment::Moment,
};

impl Moment<'_> {
    /// Plays sounds and then so much silence. Yields the action whose end is the end of the silence and, where keys count only
    /// after the sounds, the action that plays them.
    ///
    /// The one place that relies on Graph playing several prompts of one request in order, as one operation.
    pub(super) fn play_and_wait(&mut self, mut sounds: Vec<Sound>, silence_ms: u32, barge_in: bool) -> (u32, Option<u32>) {
        let silence = Sound::Silence { ms: silence_ms };
        if barge_in || sounds.is_empty() {
            sounds.push(silence);
            return (self.call.begin(Action::PlayPrompt { sounds }, self.now), None);
        }
        let choices = self.call.begin(Action::PlayPrompt { sounds }, self.now);
        (self.call.begin(Action::PlayPrompt { sounds: vec![silence] }, self.now), Some(choices))
    }
}
