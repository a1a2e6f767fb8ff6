//! When a timer runs: NCRONTAB, `second minute hour day month weekday`, UTC. The last three must be `*` here.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

/// When a timer runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Schedule {
    second: Field,
    minute: Field,
    hour: Field,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Field {
    /// `*` is each first one.
    Each(i8),
    These(Vec<i8>),
}

impl Schedule {
    /// Reads one.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let fields: Vec<_> = text.split_whitespace().collect();
        let [second, minute, hour, "*", "*", "*"] = fields[..] else {
            return Err(format!("the schedule {text:?} is not of six fields with * for day, month and weekday"));
        };
        let read =
            |field, most| Field::parse(field, most).ok_or_else(|| format!("the schedule {text:?} has a wrong field {field:?}"));
        Ok(Self { second: read(second, 59)?, minute: read(minute, 59)?, hour: read(hour, 23)? })
    }

    /// The next time after an instant.
    pub(crate) fn after(&self, instant: Timestamp) -> Timestamp {
        let next = |at: &Timestamp| at.checked_add(SignedDuration::from_secs(1)).ok();
        let whole = Timestamp::from_second(instant.as_second()).unwrap_or(instant);
        let mut seconds = std::iter::successors(next(&whole), next);
        seconds.find(|at| self.is_at(*at)).unwrap_or(Timestamp::MAX)
    }

    fn is_at(&self, instant: Timestamp) -> bool {
        let time = instant.to_zoned(TimeZone::UTC).time();
        self.second.has(time.second()) && self.minute.has(time.minute()) && self.hour.has(time.hour())
    }
}

impl Field {
    fn parse(text: &str, most: i8) -> Option<Self> {
        let number = |text: &str| text.parse().ok().filter(|number| (0..=most).contains(number));
        match text.strip_prefix('*') {
            Some("") => Some(Self::Each(1)),
            Some(step) => step.strip_prefix('/').and_then(number).filter(|step| *step > 0).map(Self::Each),
            None => text.split(',').map(number).collect::<Option<_>>().map(Self::These),
        }
    }

    fn has(&self, number: i8) -> bool {
        match self {
            Self::Each(step) => number % step == 0,
            Self::These(numbers) => numbers.contains(&number),
        }
    }
}
