//! The journal of refusals: what the limits kept the bot from placing, and why. Calls that are refused have no document to tell it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::allow::Refusal;

/// How many are kept.
const MOST_KEPT: usize = 100;

/// What was refused, the latest last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    entries: Vec<Refused>,
}

/// Something that was refused, once or several times for the same reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Refusal")]
pub struct Refused {
    /// The id that the call, or the order, would have had.
    pub id: String,
    /// Its flow.
    pub flow: String,
    /// Why: the end of the `type` of the problem that was answered.
    pub reason: String,
    /// When it was refused first.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub first: Timestamp,
    /// When it was refused last.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub last: Timestamp,
    /// How often.
    pub times: u32,
}

impl Journal {
    /// The same, with one more refusal. Whoever is refused again and again takes one line.
    #[must_use]
    pub fn with(mut self, id: &str, flow: &str, refusal: Refusal, now: Timestamp) -> Self {
        let is_same = |entry: &Refused| entry.id == id && entry.reason == refusal.name();
        let known = self.entries.iter().position(is_same).map(|at| self.entries.remove(at));
        let (first, times) = known.map_or((now, 0), |known| (known.first, known.times));
        let (id, flow, reason) = (id.to_owned(), flow.to_owned(), refusal.name().to_owned());
        self.entries.push(Refused { id, flow, reason, first, last: now, times: times.saturating_add(1) });
        let surplus = self.entries.len().saturating_sub(MOST_KEPT);
        self.entries.drain(..surplus);
        self
    }

    /// What was refused, the latest first.
    pub fn latest_first(self) -> Vec<Refused> {
        self.entries.into_iter().rev().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn who_is_refused_again_for_the_same_reason_takes_one_line() {
        let journal = Journal::default().with("a", "alarm", Refusal::TooMany, at(0)).with("b", "alarm", Refusal::Meeting, at(1));
        let journal = journal.with("a", "alarm", Refusal::TooMany, at(2)).with("a", "alarm", Refusal::Stopped, at(3));
        let told: Vec<_> =
            journal.latest_first().into_iter().map(|entry| (entry.id, entry.reason, entry.first, entry.times)).collect();
        let line = |id: &str, reason: &str, second, times| (id.to_owned(), reason.to_owned(), at(second), times);
        assert_eq!(told, [line("a", "stopped", 3, 1), line("a", "too_many", 0, 2), line("b", "not_allowed", 1, 1)]);
    }

    #[test]
    fn no_more_than_a_hundred_are_kept_and_those_the_latest() {
        let journal =
            (0..250).fold(Journal::default(), |journal, n| journal.with(&n.to_string(), "alarm", Refusal::TooMany, at(n)));
        let kept = journal.latest_first();
        assert_eq!((kept.len(), kept[0].id.as_str(), kept[99].id.as_str()), (100, "249", "150"));
    }
}
