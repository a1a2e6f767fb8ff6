//! `hours`: goes by the time and the calendar.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Verb;
use crate::flow::{
    hours::{Calendar, Span},
    model::{self, Step},
    names::Names,
    value::{Holidays, Spans, StepRef, SwitchName},
};

/// Goes one way when somebody is there and another when nobody is, in the flow's time zone. It takes no time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Hours {
    /// The hours of each day, e.g. `{ weekdays = "09:00-17:00", friday = ["09:00-12:00", "13:00-15:00"] }`.
    week: Week,
    /// Days on which the hours do not count, e.g. `["2026-12-24", "12-25"]`; one without its year counts every year.
    #[serde(default)]
    holidays: Holidays,
    /// The name of a switch that overrides the calendar while it is on. `PUT /api/switches/NAME` sets it, without a deployment.
    switch: Option<SwitchName>,
    /// The step that follows when somebody is there.
    open: StepRef,
    /// The step that follows when nobody is.
    closed: StepRef,
    /// The step that follows on a holiday. If not given, the same as `closed`.
    holiday: Option<StepRef>,
    /// The step that follows while the switch is on. If not given, the same as `closed`.
    switched: Option<StepRef>,
}

/// The hours of a week. A day that is not named is closed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Week {
    /// The hours of Monday to Friday, but for days that are named too.
    weekdays: Option<Spans>,
    /// The hours of Saturday and Sunday, but for days that are named too.
    weekend: Option<Spans>,
    /// The hours of Monday, e.g. "09:00-17:00", or a list; an end that is not after the beginning is on the next day.
    monday: Option<Spans>,
    /// The hours of Tuesday.
    tuesday: Option<Spans>,
    /// The hours of Wednesday.
    wednesday: Option<Spans>,
    /// The hours of Thursday.
    thursday: Option<Spans>,
    /// The hours of Friday.
    friday: Option<Spans>,
    /// The hours of Saturday.
    saturday: Option<Spans>,
    /// The hours of Sunday.
    sunday: Option<Spans>,
}

impl Verb for Hours {
    const NAME: &'static str = "hours";
    const LISTENS: bool = false;

    fn step(self, names: &mut Names) -> Step {
        let holidays = self.holidays.0.into_iter().map(|day| day.0).collect();
        let (open, closed) = (names.step(self.open), names.step(self.closed));
        let or_closed = |step: Option<StepRef>, names: &mut Names| step.map_or_else(|| closed.clone(), |step| names.step(step));
        Step::Hours(model::Hours {
            calendar: Calendar { week: self.week.days(), holidays },
            switch: self.switch.map(|switch| switch.0),
            holiday: or_closed(self.holiday, names),
            switched: or_closed(self.switched, names),
            open,
            closed,
        })
    }
}

impl Week {
    /// Monday first.
    fn days(self) -> [Vec<Span>; 7] {
        let (weekdays, weekend) = (self.weekdays, self.weekend);
        let of =
            |day: Option<Spans>, group: &Option<Spans>| day.or_else(|| group.clone()).map(|spans| spans.0).unwrap_or_default();
        [
            of(self.monday, &weekdays),
            of(self.tuesday, &weekdays),
            of(self.wednesday, &weekdays),
            of(self.thursday, &weekdays),
            of(self.friday, &weekdays),
            of(self.saturday, &weekend),
            of(self.sunday, &weekend),
        ]
    }
}
