//! `branch`: goes the first way that fits. It takes no time.

use crate::{call::moment::Moment, flow::Branch};

impl<'a> Moment<'a> {
    pub(in crate::call) fn branch(&self, branch: &'a Branch) -> &'a str {
        let fits = branch.cases.iter().find(|case| case.holds(|name| self.value(name)));
        fits.map_or(&branch.otherwise, |case| &case.then)
    }
}
