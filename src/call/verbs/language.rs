//! `language`: chooses the language of all prompts from here on. It takes no time.

use crate::{call::moment::Moment, flow::Language};

impl<'a> Moment<'a> {
    pub(in crate::call) fn language(&mut self, step: &'a Language) -> &'a str {
        let chosen = self.fill(&step.language).to_ascii_lowercase();
        self.call.language = self.flow.languages.contains(&chosen).then_some(chosen);
        &step.then
    }
}
