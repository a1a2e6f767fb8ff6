//! Times, as operators write them.

use std::{borrow::Cow, fmt::Write};

use jiff::SignedDuration;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::text::{read_text, shown};

/// A time of `MIN` to `MAX` milliseconds, in whole `GRAIN`s of as many milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::flow) struct Time<const MIN: u32, const MAX: u32, const GRAIN: u32 = 1>(u32);

/// Whole seconds, as many as Graph's recording takes: 1 to 120.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(transparent)]
pub(in crate::flow) struct Seconds(Time<1_000, 120_000, 1_000>);

impl Seconds {
    /// `s` seconds, which must be within the limits.
    pub(in crate::flow) const fn of(s: u8) -> Self {
        Self(Time::of_ms(s as u32 * 1_000))
    }

    /// It in seconds.
    pub(in crate::flow) const fn get(self) -> u8 {
        // At most 120, so nothing is cut off.
        (self.0.0 / 1_000) as u8
    }
}

impl<const MIN: u32, const MAX: u32, const GRAIN: u32> Time<MIN, MAX, GRAIN> {
    /// The time of `ms` milliseconds, which must be one that can be written.
    pub(in crate::flow) const fn of_ms(ms: u32) -> Self {
        assert!(MIN <= ms && ms <= MAX && ms.is_multiple_of(GRAIN));
        Self(ms)
    }

    /// It in milliseconds.
    pub(in crate::flow) fn ms(self) -> u32 {
        self.0
    }

    /// What can be written here.
    fn expected() -> String {
        let whole = if GRAIN == 1_000 { " in whole seconds" } else { "" };
        format!("a time of {} to {}{whole}, such as \"5s\" or \"1m30s\"", in_words(MIN), in_words(MAX))
    }

    /// A digit first: no ISO 8601, no signs.
    fn parse(text: &str) -> Option<Self> {
        let plain = text.starts_with(|c: char| c.is_ascii_digit()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
        let time: SignedDuration = plain.then(|| text.parse().ok())??;
        let ms = u32::try_from(time.as_millis()).ok()?;
        let exact = time.subsec_nanos() % 1_000_000 == 0 && ms.is_multiple_of(GRAIN);
        (exact && (MIN..=MAX).contains(&ms)).then_some(Self(ms))
    }
}

/// A time as the language writes it.
fn in_words(ms: u32) -> String {
    if ms == 0 {
        return "0ms".to_owned();
    }
    let parts = [(ms / 60_000, "m"), (ms / 1_000 % 60, "s"), (ms % 1_000, "ms")];
    parts.iter().filter(|(n, _)| *n > 0).fold(String::new(), |mut text, (n, unit)| {
        let _ = write!(text, "{n}{unit}");
        text
    })
}

impl<'de, const MIN: u32, const MAX: u32, const GRAIN: u32> Deserialize<'de> for Time<MIN, MAX, GRAIN> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        read_text(input, Self::parse, &Self::expected(), shown)
    }
}

impl<const MIN: u32, const MAX: u32, const GRAIN: u32> Serialize for Time<MIN, MAX, GRAIN> {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.serialize_str(&in_words(self.0))
    }
}

impl<const MIN: u32, const MAX: u32, const GRAIN: u32> JsonSchema for Time<MIN, MAX, GRAIN> {
    fn schema_name() -> Cow<'static, str> {
        format!("Time_{MIN}_{MAX}_{GRAIN}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9][0-9a-z]*$", "description": Self::expected() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Short = Time<500, 90_000>;

    #[test]
    fn times_are_read_in_minutes_seconds_and_milliseconds() {
        for (text, ms) in [("500ms", 500), ("8s", 8_000), ("1m30s", 90_000), ("1s250ms", 1_250), ("90s", 90_000)] {
            assert_eq!(Short::parse(text), Some(Short::of_ms(ms)), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_within_the_limits_is_refused() {
        for text in ["", "8", "s", "-8s", "PT8S", "8s ago", "499ms", "2m", "00:00:08", "800us", "0.5005s", "99999999999999h"] {
            assert_eq!(Short::parse(text), None, "{text}");
        }
        assert_eq!(Time::<1_000, 60_000, 1_000>::parse("1s500ms"), None);
    }

    #[test]
    fn a_time_is_written_as_it_can_be_read() {
        for ms in [500, 8_000, 61_001, 90_000] {
            assert_eq!(Short::parse(&in_words(ms)), Some(Short::of_ms(ms)));
        }
    }
}
