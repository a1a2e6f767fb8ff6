//! Small whole numbers.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, Unexpected, Visitor},
};

/// A whole number of `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, Serialize)]
pub(in crate::flow) struct Count<const MIN: u8, const MAX: u8>(u8);

impl<const MIN: u8, const MAX: u8> Count<MIN, MAX> {
    /// The number `n`, which must be within the limits.
    pub(in crate::flow) const fn of(n: u8) -> Self {
        assert!(MIN <= n && n <= MAX);
        Self(n)
    }

    /// The number.
    pub(in crate::flow) fn get(self) -> u8 {
        self.0
    }
}

impl<'de, const MIN: u8, const MAX: u8> Deserialize<'de> for Count<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_i64(CountVisitor)
    }
}

struct CountVisitor<const MIN: u8, const MAX: u8>;

impl<const MIN: u8, const MAX: u8> Visitor<'_> for CountVisitor<MIN, MAX> {
    type Value = Count<MIN, MAX>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number of {MIN} to {MAX}")
    }

    fn visit_i64<E: Error>(self, n: i64) -> Result<Self::Value, E> {
        match u8::try_from(n) {
            Ok(n) if (MIN..=MAX).contains(&n) => Ok(Count(n)),
            _ => Err(E::invalid_value(Unexpected::Signed(n), &self)),
        }
    }
}

impl<const MIN: u8, const MAX: u8> JsonSchema for Count<MIN, MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("Count_{MIN}_{MAX}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": MIN, "maximum": MAX })
    }
}
