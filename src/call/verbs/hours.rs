//! `hours`: goes by the time and the calendar. It takes no time.

use crate::{
    call::moment::Moment,
    flow::{Hours, Opening},
};

impl<'a> Moment<'a> {
    pub(in crate::call) fn hours(&self, hours: &'a Hours) -> &'a str {
        if hours.switch.as_ref().is_some_and(|switch| self.call.switches.contains(switch)) {
            return &hours.switched;
        }
        match hours.calendar.at(self.local_time().datetime()) {
            Opening::Open => &hours.open,
            Opening::Closed => &hours.closed,
            Opening::Holiday => &hours.holiday,
        }
    }
}
