//! `play`: plays prompts, then goes on.

use crate::{
    call::{action::Action, moment::Moment, phase::At},
    flow::{Play, Step},
};

impl Moment<'_> {
    pub(in crate::call) fn play(&mut self, step: &str, play: &Play) {
        let sounds = self.sounds(&play.prompts);
        let n = self.call.begin(Action::PlayPrompt { sounds }, self.now);
        self.stand(step, At::Play { n });
    }

    /// The prompts have ended, or failed.
    pub(in crate::call) fn played(&mut self, step: &str, completed: bool) {
        let Some(Step::Play(play)) = self.flow.steps.get(step) else { return };
        self.unless_failed(completed, |moment| moment.go(&play.then));
    }
}
