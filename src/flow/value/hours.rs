//! Parts of days, holidays, and the names of switches.

use std::{borrow::Cow, collections::BTreeSet, fmt};

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Error, SeqAccess, Unexpected, Visitor},
};

use super::text::{read_text, shown};
use crate::flow::{
    hours::Span,
    names::{NAME_PATTERN, is_name},
};

const SPAN: &str = "hours such as \"09:00-17:30\"";
const DAY: &str = "a day such as \"2026-12-24\", or \"12-25\" for every year";
const SWITCH: &str = "a name of up to 64 lower-case letters, digits and underscores, with a letter first";

/// The hours of a day, in one part or several; closed where there is none.
#[derive(Debug, Clone)]
pub(in crate::flow) struct Spans(pub(in crate::flow) Vec<Span>);

/// Days on which the hours do not count.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(in crate::flow) struct Holidays(pub(in crate::flow) BTreeSet<Day>);

/// One of them, as it is written.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::flow) struct Day(pub(in crate::flow) String);

/// The name of a switch.
#[derive(Debug)]
pub(in crate::flow) struct SwitchName(pub(in crate::flow) String);

struct OneSpan(Span);

impl<'de> Deserialize<'de> for OneSpan {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        read_text(input, |text| span(text).map(Self), SPAN, shown)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        read_text(input, day, DAY, shown)
    }
}

impl JsonSchema for Day {
    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^([0-9]{4}-)?[0-9]{2}-[0-9]{2}$", "description": DAY })
    }
}

impl<'de> Deserialize<'de> for SwitchName {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        read_text(input, |text| is_name(text).then(|| Self(text.to_owned())), SWITCH, shown)
    }
}

impl JsonSchema for SwitchName {
    fn schema_name() -> Cow<'static, str> {
        "SwitchName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": NAME_PATTERN })
    }
}

impl<'de> Deserialize<'de> for Spans {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(SpansVisitor)
    }
}

impl JsonSchema for Spans {
    fn schema_name() -> Cow<'static, str> {
        "Spans".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = json_schema!({ "type": "string", "pattern": "^[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}$", "description": SPAN });
        json_schema!({ "anyOf": [one, { "type": "array", "items": one }] })
    }
}

struct SpansVisitor;

impl<'de> Visitor<'de> for SpansVisitor {
    type Value = Spans;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SPAN}, or a list of them")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Spans, E> {
        span(text).map(|span| Spans(vec![span])).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Spans, A::Error> {
        let mut spans = Vec::new();
        while let Some(OneSpan(span)) = seq.next_element()? {
            spans.push(span);
        }
        Ok(Spans(spans))
    }
}

/// `09:00-17:30`. An end that is not after the beginning is on the next day.
fn span(text: &str) -> Option<Span> {
    let (from, to) = text.split_once('-')?;
    let (from, to) = (minute(from)?, minute(to)?);
    (from < 24 * 60 && from != to).then_some((from, to))
}

/// `09:30` as minutes since midnight; `24:00` is the day's end.
fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<u16>().ok())?;
    let (hours, minutes) = (number(hours).filter(|_| hours.len() == 2)?, number(minutes).filter(|_| minutes.len() == 2)?);
    let whole = hours * 60 + minutes;
    (minutes < 60 && whole <= 24 * 60).then_some(whole)
}

/// A date that there is; the 29th of February counts in its years.
fn day(text: &str) -> Option<Day> {
    let whole = if text.len() == 5 { format!("2028-{text}") } else { text.to_owned() };
    let date: Date = (whole.len() == 10).then(|| whole.parse().ok())??;
    (date.to_string() == whole).then(|| Day(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_from_midnight_to_midnight_and_past_it() {
        assert_eq!(span("09:00-17:30"), Some((540, 1050)));
        assert_eq!(span("00:00-24:00"), Some((0, 1440)));
        assert_eq!(span("22:00-06:00"), Some((1320, 360)));
        for text in ["", "9:00-17:00", "09:00", "09:00-25:00", "24:00-08:00", "09:60-10:00", "09:00-09:00", "+9:00-10:00"] {
            assert_eq!(span(text), None, "{text}");
        }
    }

    #[test]
    fn holidays_are_dates_that_there_are() {
        for text in ["2026-12-24", "12-25", "02-29", "2028-02-29"] {
            assert!(day(text).is_some(), "{text}");
        }
        for text in ["", "2026-02-29", "13-01", "24.12.2026", "2026-1-1", "20261224"] {
            assert!(day(text).is_none(), "{text}");
        }
    }
}
