//! `play`: plays prompts, then goes on.

use crate::{
    call::{action::Action, moment::Moment, phase::At},
    flow::{Key, Play, Step},
};

impl Moment<'_> {
    pub(in crate::call) fn play(&mut self, step: &str, play: &Play) {
        self.play_once(step, play, play.times);
    }

    /// The prompts have ended, or failed.
    pub(in crate::call) fn played(&mut self, step: &str, completed: bool) {
        let Some((_, At::Play { left, .. })) = self.at() else { return };
        let Some(Step::Play(play)) = self.flow.steps.get(step) else { return };
        self.unless_failed(completed, |moment| match left {
            0 => moment.go(&play.then),
            left => moment.play_once(step, play, left),
        });
    }

    /// A key was pressed.
    pub(in crate::call) fn cut_short(&mut self, step: &str, key: Key, sequence: i64) {
        let Some(Step::Play(play)) = self.flow.steps.get(step) else { return };
        let otherwise = Some(&play.then).filter(|_| play.barge_in);
        let Some(next) = play.keys.get(&key).or(otherwise) else { return };
        self.call.last_choice = Some(sequence);
        self.hush();
        self.go(next);
    }

    fn play_once(&mut self, step: &str, play: &Play, left: u8) {
        let sounds = self.sounds(&play.prompts);
        let n = self.call.begin(Action::PlayPrompt { sounds }, self.now);
        self.stand(step, At::Play { n, left: left.saturating_sub(1) });
    }
}
