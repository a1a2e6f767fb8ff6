//! When nobody is rung.

use jiff::{Timestamp, Zoned, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::flow::{Calendar, Opening};

/// How many days are looked ahead for an end. Quiet hours repeat each week.
const DAYS_AHEAD: i64 = 8;

/// Hours in which nobody is rung, as the clocks of a place show them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quiet {
    /// The place's time zone, by its IANA name.
    pub timezone: String,
    /// The hours of the week; open is quiet.
    pub week: Calendar,
}

impl Quiet {
    /// When somebody may be rung at the earliest: `now`, or the end of the quiet hours. `None` where they have no end.
    pub fn over_at(&self, now: Timestamp) -> Option<Timestamp> {
        let zone = TimeZone::get(&self.timezone).unwrap_or(TimeZone::UTC);
        if !self.is_at(now, &zone) {
            return Some(now);
        }
        let today = now.to_zoned(zone.clone()).date();
        let days = (0..=DAYS_AHEAD).filter_map(|n| today.checked_add(jiff::Span::new().days(n)).ok());
        let ends = days.flat_map(|day| self.ends_on(day, &zone));
        // Where the clocks are changed, quiet hours may end without any of their own ends being shown.
        let changes = zone.following(now).take(2).map(|change| change.timestamp()).collect::<Vec<_>>();
        ends.chain(changes).filter(|end| *end > now && !self.is_at(*end, &zone)).min()
    }

    fn is_at(&self, instant: Timestamp, zone: &TimeZone) -> bool {
        self.week.at(Zoned::new(instant, zone.clone()).datetime()) == Opening::Open
    }

    /// The instants on a day at which quiet hours may end; two where the clocks show it twice.
    fn ends_on(&self, day: Date, zone: &TimeZone) -> Vec<Timestamp> {
        let minutes = self.week.week.iter().flatten().map(|(_, to)| i64::from(*to));
        let local = minutes.filter_map(|minute| day.at(0, 0, 0, 0).checked_add(jiff::Span::new().minutes(minute)).ok());
        let shown = local.map(|local| zone.to_ambiguous_timestamp(local));
        shown.flat_map(|shown| [shown.earlier(), shown.later()]).flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Quiet each day from 22:00 to 2:30 in Berlin, and all Sunday.
    fn quiet() -> Quiet {
        let mut week = Calendar { week: std::array::from_fn(|_| vec![(22 * 60, 150)]), ..Calendar::default() };
        week.week[6] = vec![(0, 24 * 60), (22 * 60, 150)];
        Quiet { timezone: "Europe/Berlin".to_owned(), week }
    }

    fn over_at(local: &str) -> String {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let now = local.parse::<jiff::civil::DateTime>().unwrap().to_zoned(zone.clone()).unwrap().timestamp();
        quiet().over_at(now).unwrap().to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    #[test]
    fn by_day_there_is_no_quiet_and_by_night_it_ends_in_the_morning() {
        assert_eq!(over_at("2026-11-24T12:00:00"), "2026-11-24T12:00:00+01:00");
        assert_eq!(over_at("2026-11-24T22:00:00"), "2026-11-25T02:30:00+01:00");
        assert_eq!(over_at("2026-11-25T02:29:59"), "2026-11-25T02:30:00+01:00");
        assert_eq!(over_at("2026-11-25T02:30:00"), "2026-11-25T02:30:00+01:00");
    }

    #[test]
    fn hours_that_follow_each_other_are_one_quiet() {
        assert_eq!(over_at("2026-11-28T23:00:00"), "2026-11-30T02:30:00+01:00");
    }

    #[test]
    fn an_hour_that_the_clocks_leave_out_ends_the_quiet_when_the_next_begins() {
        // On 2027-03-28, a Sunday, 2:00 is 3:00; on Mondays nothing else is quiet.
        let night =
            Quiet { week: Calendar { week: std::array::from_fn(|_| vec![(22 * 60, 150)]), ..Calendar::default() }, ..quiet() };
        let now: Timestamp = "2027-03-28T00:30:00Z".parse().unwrap();
        assert_eq!(night.over_at(now), Some("2027-03-28T01:00:00Z".parse().unwrap()));
    }

    #[test]
    fn an_hour_that_the_clocks_show_twice_is_quiet_as_they_show_it() {
        // On 2026-10-25 the hour from 2:00 comes twice: at its first half past two the quiet is over, and begins once more.
        let night =
            Quiet { week: Calendar { week: std::array::from_fn(|_| vec![(22 * 60, 150)]), ..Calendar::default() }, ..quiet() };
        let first: Timestamp = "2026-10-25T00:30:00Z".parse().unwrap();
        assert_eq!(night.over_at("2026-10-24T22:00:00Z".parse().unwrap()), Some(first));
        assert_eq!(night.over_at(first), Some(first));
        let again: Timestamp = "2026-10-25T01:00:00Z".parse().unwrap();
        assert_eq!(night.over_at(again), Some("2026-10-25T01:30:00Z".parse().unwrap()));
    }

    #[test]
    fn quiet_without_an_end_has_none() {
        let week = Calendar { week: std::array::from_fn(|_| vec![(0, 24 * 60)]), ..Calendar::default() };
        assert_eq!(Quiet { week, ..quiet() }.over_at(Timestamp::UNIX_EPOCH), None);
    }
}
