//! When somebody is there: weekly hours and holidays.

use std::collections::BTreeSet;

use jiff::civil::{DateTime, Weekday};
use serde::{Deserialize, Serialize};

/// A part of a day, from and to, in minutes since midnight. Where the end is not after the beginning it is on the next day.
pub type Span = (u16, u16);

/// The hours of a week, and the days on which they do not count.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Calendar {
    /// The hours of each day, Monday first.
    pub week: [Vec<Span>; 7],
    /// Days as `2026-12-24`, or as `12-25` for every year.
    pub holidays: BTreeSet<String>,
}

/// What a calendar says of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// Somebody is there.
    Open,
    /// Nobody is there.
    Closed,
    /// Nobody is there, since it is a holiday.
    Holiday,
}

impl Calendar {
    /// What it says of a moment, as the clocks there show it.
    pub fn at(&self, moment: DateTime) -> Opening {
        let days = [moment.strftime("%Y-%m-%d").to_string(), moment.strftime("%m-%d").to_string()];
        if days.iter().any(|day| self.holidays.contains(day)) {
            return Opening::Holiday;
        }
        let minute = u16::try_from(i32::from(moment.hour()) * 60 + i32::from(moment.minute())).unwrap_or_default();
        let today = self.of(moment.weekday()).iter().any(|&(from, to)| minute >= from && (minute < to || to <= from));
        let since_yesterday = self.of(moment.weekday().previous()).iter().any(|&(from, to)| to <= from && minute < to);
        match today || since_yesterday {
            true => Opening::Open,
            false => Opening::Closed,
        }
    }

    fn of(&self, day: Weekday) -> &[Span] {
        let place = usize::try_from(day.to_monday_zero_offset()).unwrap_or_default();
        self.week.get(place).map(Vec::as_slice).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Open on Mondays from 9:00 to 12:30 and on Fridays from 22:00 to 2:00, and closed on two days.
    fn calendar() -> Calendar {
        let mut calendar = Calendar { holidays: BTreeSet::from(["2026-12-28".into(), "01-01".into()]), ..Calendar::default() };
        calendar.week[0] = vec![(540, 750)];
        calendar.week[4] = vec![(1320, 120)];
        calendar
    }

    fn at(moment: &str) -> Opening {
        calendar().at(moment.parse().unwrap())
    }

    #[test]
    fn a_day_is_open_from_its_first_minute_to_before_its_last() {
        assert_eq!(at("2026-11-23T08:59:59"), Opening::Closed);
        assert_eq!(at("2026-11-23T09:00:00"), Opening::Open);
        assert_eq!(at("2026-11-23T12:29:59"), Opening::Open);
        assert_eq!(at("2026-11-23T12:30:00"), Opening::Closed);
        assert_eq!(at("2026-11-24T10:00:00"), Opening::Closed);
    }

    #[test]
    fn hours_past_midnight_belong_to_the_day_that_they_began_on() {
        assert_eq!(at("2026-11-27T23:30:00"), Opening::Open);
        assert_eq!(at("2026-11-28T01:59:00"), Opening::Open);
        assert_eq!(at("2026-11-28T02:00:00"), Opening::Closed);
        assert_eq!(at("2026-11-27T01:00:00"), Opening::Closed);
    }

    #[test]
    fn a_holiday_is_one_once_or_every_year() {
        assert_eq!(at("2026-12-28T10:00:00"), Opening::Holiday);
        assert_eq!(at("2027-01-01T10:00:00"), Opening::Holiday);
        assert_eq!(at("2028-01-01T23:00:00"), Opening::Holiday);
    }
}
