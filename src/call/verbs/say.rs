//! `say`: says digits or a number from recorded ones.

use crate::{
    call::{action::Action, moment::Moment, phase::At},
    flow::{Say, Step},
};

/// How many prompts are played by one request; Graph takes 20.
const AT_ONCE: usize = 18;

impl<'a> Moment<'a> {
    /// Yields the next step where there is nothing to say.
    pub(in crate::call) fn say(&mut self, step: &str, say: &'a Say) -> Option<&'a str> {
        let sounds = self.sounds(&say.manner.say(&self.fill(&say.text)));
        let parts = sounds.chunks(AT_ONCE).map(|sounds| Action::PlayPrompt { sounds: sounds.to_vec() });
        let last = parts.map(|part| self.call.begin(part, self.now)).last();
        match last {
            Some(n) => self.stand(step, At::Say { n }),
            None => return Some(&say.then),
        }
        None
    }

    /// The last of it has been said, or could not be.
    pub(in crate::call) fn said(&mut self, step: &str, completed: bool) {
        let Some(Step::Say(say)) = self.flow.steps.get(step) else { return };
        match completed {
            true => self.go(&say.then),
            false => self.failed(|moment| moment.go(&say.then)),
        }
    }
}
