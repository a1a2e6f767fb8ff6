//! Numbers as they are spoken: which recorded prompts say them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// The most digits that are said; what is beyond is left out.
pub const MOST_DIGITS: usize = 54;

/// The number that is too great to be said as one, and is said digit by digit.
const TOO_GREAT: u32 = 1_000_000;

/// How digits are said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// One after the other, with the prompts `digit_0` to `digit_9`.
    #[default]
    Digits,
    /// As a whole number below a million, with `number_0` to `number_99`, `number_hundred` and `number_thousand`.
    Number,
}

impl JsonSchema for Manner {
    fn schema_name() -> Cow<'static, str> {
        "Manner".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "enum": ["digits", "number"] })
    }
}

impl Manner {
    /// Every prompt that may be needed.
    pub fn prompts(self) -> Vec<String> {
        let digits = (0..10).map(digit);
        match self {
            Self::Digits => digits.collect(),
            Self::Number => digits.chain((0..100).map(small)).chain([hundred(), thousand()]).collect(),
        }
    }

    /// The prompts that say the digits of `text`, in order.
    pub fn say(self, text: &str) -> Vec<String> {
        let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).take(MOST_DIGITS).collect();
        match (self, whole(&digits)) {
            (Self::Number, Some(n)) => number(n),
            _ => digits.into_iter().map(digit).collect(),
        }
    }
}

fn whole(digits: &[u32]) -> Option<u32> {
    let add = |n: u32, digit: &u32| n.checked_mul(10)?.checked_add(*digit);
    (!digits.is_empty()).then(|| digits.iter().try_fold(0, add)).flatten().filter(|n| *n < TOO_GREAT)
}

/// Two hundred and thirty-four thousand is "two", "hundred", "thirty-four", "thousand": so it is said in most languages, and who
/// records the words knows how.
fn number(n: u32) -> Vec<String> {
    let (thousands, rest) = (n / 1_000, n % 1_000);
    let mut prompts = Vec::new();
    if thousands > 0 {
        prompts.extend(below_thousand(thousands));
        prompts.push(thousand());
    }
    if rest > 0 || thousands == 0 {
        prompts.extend(below_thousand(rest));
    }
    prompts
}

fn below_thousand(n: u32) -> Vec<String> {
    let (hundreds, rest) = (n / 100, n % 100);
    let mut prompts = Vec::new();
    if hundreds > 0 {
        prompts.extend([small(hundreds), hundred()]);
    }
    if rest > 0 || hundreds == 0 {
        prompts.push(small(rest));
    }
    prompts
}

fn digit(n: u32) -> String {
    format!("digit_{n}")
}

fn small(n: u32) -> String {
    format!("number_{n}")
}

fn hundred() -> String {
    "number_hundred".to_owned()
}

fn thousand() -> String {
    "number_thousand".to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(manner: Manner, text: &str) -> String {
        manner.say(text).iter().map(|prompt| prompt.rsplit('_').next().unwrap()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn digits_are_said_one_after_the_other_and_nothing_else_is() {
        assert_eq!(said(Manner::Digits, "+49 (30) 007"), "4 9 3 0 0 0 7");
        assert_eq!(said(Manner::Digits, "none"), "");
        assert_eq!(Manner::Digits.say(&"1".repeat(100)).len(), MOST_DIGITS);
    }

    #[test]
    fn a_number_is_said_in_hundreds_and_thousands() {
        for (number, words) in [
            ("0", "0"),
            ("007", "7"),
            ("99", "99"),
            ("100", "1 hundred"),
            ("342", "3 hundred 42"),
            ("1000", "1 thousand"),
            ("21005", "21 thousand 5"),
            ("234567", "2 hundred 34 thousand 5 hundred 67"),
            ("1000000", "1 0 0 0 0 0 0"),
            ("", ""),
        ] {
            assert_eq!(said(Manner::Number, number), words, "{number}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_said_is_said_with_prompts_that_the_checker_asked_for(text in ".{0,80}|[0-9]{0,80}") {
            for manner in [Manner::Digits, Manner::Number] {
                let known = manner.prompts();
                prop_assert!(manner.say(&text).iter().all(|prompt| known.contains(prompt)));
            }
        }
    }
}
