//! Time zones.

use std::borrow::Cow;

use jiff::tz::TimeZone;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use super::text::{read_text, shown};

const EXPECTED: &str = "the IANA name of a time zone, such as \"Europe/Berlin\"";

/// The IANA name of a time zone, spelt as there.
#[derive(Debug)]
pub(in crate::flow) struct Zone(pub(in crate::flow) String);

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        read_text(input, zone, EXPECTED, shown)
    }
}

impl JsonSchema for Zone {
    fn schema_name() -> Cow<'static, str> {
        "Zone".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": EXPECTED })
    }
}

fn zone(text: &str) -> Option<Zone> {
    let zone = TimeZone::get(text).ok()?;
    zone.iana_name().map(|name| Zone(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_zone_is_known_without_a_file_of_the_machine() {
        assert_eq!(zone("europe/berlin").unwrap().0, "Europe/Berlin");
        assert_eq!(zone("UTC").unwrap().0, "UTC");
        for text in ["", "Europe/Atlantis", "+01:00", "CET-1CEST"] {
            assert!(zone(text).is_none(), "{text}");
        }
    }
}
