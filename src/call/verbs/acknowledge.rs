//! `acknowledge`: the order that the call is part of is acknowledged. It takes no time.

use crate::{call::moment::Moment, flow::Acknowledge};

impl<'a> Moment<'a> {
    pub(in crate::call) fn acknowledge(&mut self, acknowledge: &'a Acknowledge) -> &'a str {
        self.acknowledge_order();
        &acknowledge.then
    }
}
