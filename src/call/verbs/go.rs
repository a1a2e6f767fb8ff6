//! `go`: goes on with another flow. It takes no time.

use crate::{call::moment::Moment, flow::Go};

impl<'a> Moment<'a> {
    /// The first step of the other flow; `None` where the call is not pinned to one of that name, which no checked flow asks for.
    pub(in crate::call) fn go_on(&mut self, go: &Go) -> Option<&'a str> {
        self.flow = self.pinned.named(&go.flow)?;
        self.note("flow", None, &go.flow);
        self.call.inside = Some(go.flow.clone());
        self.declare_variables();
        Some(&self.flow.start)
    }
}
