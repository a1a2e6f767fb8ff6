//! `set`: sets variables. It takes no time.

use crate::{call::moment::Moment, flow::Set};

impl<'a> Moment<'a> {
    pub(in crate::call) fn set(&mut self, set: &'a Set) -> &'a str {
        // All texts first: none sees what another sets.
        let values: Vec<_> = set.variables.iter().map(|(name, text)| (name, self.fill(text))).collect();
        for (name, value) in values {
            self.set_variable(name, value);
        }
        &set.then
    }
}
