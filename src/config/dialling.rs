//! Whom the bot may call, and how much of that there may be.

use super::reader::{Reader, guid, list, number};

/// Whom the bot may call, how often, and how many at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialling {
    /// Whom it may call; who fits none of these is not called.
    pub allow: Vec<Destination>,
    /// How many calls may be placed within any 60 seconds; 1 to 600.
    pub per_minute: u32,
    /// How many calls may be placed within a calendar month, in UTC; 1 to 1,000,000.
    pub per_month: u32,
    /// How many placed calls there may be at once; 1 to 100, which is Graph's own limit.
    pub at_once: u32,
    /// Nothing is placed.
    pub is_stopped: bool,
}

/// Somebody whom the bot may call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Every user of the home tenant.
    Users,
    /// Every application instance.
    Instances,
    /// Every meeting of a tenant whose calls are taken.
    Meetings,
    /// The user or application instance of this object id, lower case.
    Id(String),
    /// This number, in E.164.
    Number(String),
    /// Every number that begins so: `+`, and digits or none.
    NumbersFrom(String),
}

impl Dialling {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let allow = reader.required("DIAL_ALLOW", list(destination));
        let per_minute = reader.required("DIAL_PER_MINUTE", number(1, 600));
        let per_month = reader.required("DIAL_PER_MONTH", number(1, 1_000_000));
        let at_once = reader.required("DIAL_AT_ONCE", number(1, 100));
        let is_stopped = reader.required("DIAL_STOP", |text| match text {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err("is neither true nor false".to_owned()),
        });
        Some(Self { allow: allow?, per_minute: per_minute?, per_month: per_month?, at_once: at_once?, is_stopped: is_stopped? })
    }
}

fn destination(text: &str) -> Result<Destination, String> {
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let number = text.strip_prefix('+');
    match (text, number, number.and_then(|number| number.strip_suffix('*'))) {
        ("users", ..) => Ok(Destination::Users),
        ("instances", ..) => Ok(Destination::Instances),
        ("meetings", ..) => Ok(Destination::Meetings),
        (_, Some(_), Some(start)) if is_digits(start) && start.len() < 15 => Ok(Destination::NumbersFrom(format!("+{start}"))),
        (_, Some(digits), None) if is_digits(digits) && (7..=15).contains(&digits.len()) => {
            Ok(Destination::Number(text.to_owned()))
        }
        (_, Some(_), _) => Err("is neither a number in E.164 nor the beginning of one with * after it".to_owned()),
        (text, ..) => guid(text)
            .map(Destination::Id)
            .map_err(|_| "is none of users, instances, meetings, an object id, a number".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_kind_of_destination_is_read() {
        let id = "5E4D3C2B-1A09-4F8E-9D7C-6B5A4938271F";
        for (text, read) in [
            ("users", Destination::Users),
            ("instances", Destination::Instances),
            ("meetings", Destination::Meetings),
            (id, Destination::Id(id.to_ascii_lowercase())),
            ("+4930123456", Destination::Number("+4930123456".to_owned())),
            ("+49*", Destination::NumbersFrom("+49".to_owned())),
            ("+*", Destination::NumbersFrom("+".to_owned())),
        ] {
            assert_eq!(destination(text), Ok(read), "{text}");
        }
    }

    #[test]
    fn what_could_be_mistaken_for_more_than_it_says_is_refused() {
        for text in ["", "*", "all", "49*", "+4*9", "+49**", "4930123456", "+49 30", "+49", "+1234567890123456", "user", "USERS"]
        {
            assert!(destination(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_stumble(text in "[+*0-9a-z -]{0,40}") {
            let _ = destination(&text);
        }
    }
}
