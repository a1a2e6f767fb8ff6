//! What a `branch` compares.

use serde::{Deserialize, Serialize};

use super::template::Template;

/// A way that a branch takes when everything that is asked of the variable holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The variable or fact.
    pub variable: String,
    /// It is one of these; nothing is asked where there are none. Capitals are as good as small letters.
    pub is: Vec<Template>,
    /// It is none of these.
    pub is_not: Vec<Template>,
    /// It begins like this.
    pub starts_with: Option<Template>,
    /// It is this or comes after it: as numbers where both are whole numbers, as text elsewhere.
    pub at_least: Option<Template>,
    /// It comes before this.
    pub below: Option<Template>,
    /// The next step.
    pub then: String,
}

impl Case {
    /// Whether all holds that is asked, `value` being what a variable or fact is now.
    pub fn holds(&self, value: impl Fn(&str) -> String) -> bool {
        let it = value(&self.variable);
        let fill = |text: &Template| text.fill(&value);
        let is = |text: &Template| it.eq_ignore_ascii_case(&fill(text));
        let precedes = |limit: &Template| precedes(&it, &fill(limit));
        (self.is.is_empty() || self.is.iter().any(is))
            && !self.is_not.iter().any(is)
            && self.starts_with.as_ref().is_none_or(|start| starts_with(&it, &fill(start)))
            && self.at_least.as_ref().is_none_or(|limit| !precedes(limit))
            && self.below.as_ref().is_none_or(precedes)
    }
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// Times and dates are written so that their order as text is their order.
fn precedes(text: &str, limit: &str) -> bool {
    match (text.parse::<i64>(), limit.parse::<i64>()) {
        (Ok(number), Ok(limit)) => number < limit,
        _ => text < limit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<Template> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn text(text: &str) -> Option<Template> {
        text.parse().ok()
    }

    fn holds(case: Case, it: &str) -> bool {
        case.holds(|name| if name == "limit" { "10".to_owned() } else { it.to_owned() })
    }

    #[test]
    fn a_value_is_one_of_several_whatever_its_capitals() {
        let case = || Case { is: texts(&["yes", "Ja"]), ..Case::default() };
        assert!(holds(case(), "YES") && holds(case(), "ja") && !holds(case(), "no"));
        let case = || Case { is_not: texts(&["yes", "Ja"]), ..Case::default() };
        assert!(!holds(case(), "YES") && holds(case(), "no"));
    }

    #[test]
    fn a_number_is_told_by_how_it_begins() {
        let case = || Case { starts_with: text("+49"), ..Case::default() };
        assert!(holds(case(), "+4930123456") && !holds(case(), "+33") && !holds(case(), "+4"));
        assert!(!holds(Case { starts_with: text("a"), ..Case::default() }, "ü"));
    }

    #[test]
    fn numbers_are_compared_as_numbers_and_times_by_the_clock() {
        let case = || Case { below: text("{limit}"), ..Case::default() };
        assert!(holds(case(), "9") && !holds(case(), "10"));
        let case = || Case { at_least: text("09:30"), below: text("17:00"), ..Case::default() };
        assert!(holds(case(), "09:30") && holds(case(), "16:59") && !holds(case(), "17:00") && !holds(case(), "08:00"));
    }
}
