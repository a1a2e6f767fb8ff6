//! Whom the bot can ring, and what they do then; read from TOML.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::Deserialize;

use super::script::{Ends, Line, duration};

/// How soon someone answers of whom nothing is known.
pub(crate) const SOON: SignedDuration = SignedDuration::from_secs(3);

/// The key of the contact who stands for everyone that is not named.
pub const ANYONE: &str = "*";

/// Someone the bot can ring.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contact {
    /// The display name.
    pub name: String,
    /// What they do the first time they are rung, the second, and so on; the last repeats. Without any they answer after 3 s and listen.
    pub rings: Vec<Rung>,
}

/// What someone does who is rung: by a call, an invitation or a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "RungText")]
pub enum Rung {
    /// Takes the call. Of a transfer only the time counts: they are with the caller then.
    Answers {
        /// After this time.
        after: SignedDuration,
        /// What they do in the call, in order. Without lines they listen until they lose patience.
        does: Vec<Line>,
        /// What must be true at the end.
        ends: Ends,
    },
    /// Declines after this time.
    Declines(SignedDuration),
    /// Does nothing, and is rung for a minute.
    Ignores,
    /// Is in another call, and is not rung.
    Busy,
    /// Has no telephone that could ring.
    Unreachable,
    /// Is led from outside, by `World::answer`, `World::decline`, `World::press` and `World::hang_up`; rung for a minute. A transfer
    /// reaches them after 3 s.
    Led,
}

impl Rung {
    /// Takes the call after a time, and listens.
    pub fn answers(after: SignedDuration) -> Self {
        Self::Answers { after, does: Vec::new(), ends: Ends::default() }
    }
}

impl Contact {
    /// What they do when rung, having been rung so often before.
    pub(crate) fn rung(&self, before: usize) -> Rung {
        let last = self.rings.len().saturating_sub(1);
        self.rings.get(before.min(last)).cloned().unwrap_or_else(|| Rung::answers(SOON))
    }
}

/// A contact in a list, with what it is rung by.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "ListedText")]
pub struct Listed {
    /// The object id of a user or application instance, or a number; `*` is everyone who is not listed.
    pub id: String,
    /// Who that is.
    pub contact: Contact,
}

/// Reads a `[[contacts]]` list: by object id, number or instance id. The error names what is wrong, with line and column.
pub fn parse(text: &str) -> Result<BTreeMap<String, Contact>, String> {
    let list: ListText = toml::from_str(text).map_err(|error| error.to_string())?;
    Ok(list.contacts.into_iter().map(|listed| (listed.id, listed.contact)).collect())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListText {
    #[serde(default)]
    contacts: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListedText {
    name: Option<String>,
    user: Option<String>,
    phone: Option<String>,
    #[serde(default)]
    rings: Vec<Rung>,
    // One behaviour for every time: the members of `RungText`, which cannot be flattened into a type without unknown members.
    #[serde(default, deserialize_with = "duration")]
    answers: Option<SignedDuration>,
    #[serde(default, deserialize_with = "duration")]
    declines: Option<SignedDuration>,
    ignores: Option<bool>,
    busy: Option<bool>,
    unreachable: Option<bool>,
    led: Option<bool>,
    does: Option<Vec<Line>>,
    ends: Option<Ends>,
}

impl TryFrom<ListedText> for Listed {
    type Error = String;

    fn try_from(text: ListedText) -> Result<Self, String> {
        let id = match (text.user, text.phone) {
            (Some(id), None) if !id.is_empty() => id,
            (None, Some(number)) if number.starts_with('+') => number,
            (None, Some(_)) => return Err("`phone` must begin with + and the country code".to_owned()),
            _ => return Err("a contact has either `user` or `phone`".to_owned()),
        };
        let always = RungText {
            answers: text.answers,
            declines: text.declines,
            ignores: text.ignores,
            busy: text.busy,
            unreachable: text.unreachable,
            led: text.led,
            does: text.does,
            ends: text.ends,
        };
        let rings = match (always.is_empty(), text.rings.is_empty()) {
            (true, _) => text.rings,
            (false, true) => vec![always.try_into()?],
            (false, false) => return Err("a contact has either one behaviour or `rings`".to_owned()),
        };
        let name = text.name.unwrap_or_else(|| "Someone".to_owned());
        Ok(Self { id, contact: Contact { name, rings } })
    }
}

#[derive(Deserialize, Default, PartialEq)]
#[serde(deny_unknown_fields)]
struct RungText {
    #[serde(default, deserialize_with = "duration")]
    answers: Option<SignedDuration>,
    #[serde(default, deserialize_with = "duration")]
    declines: Option<SignedDuration>,
    ignores: Option<bool>,
    busy: Option<bool>,
    unreachable: Option<bool>,
    led: Option<bool>,
    does: Option<Vec<Line>>,
    ends: Option<Ends>,
}

impl RungText {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl TryFrom<RungText> for Rung {
    type Error = String;

    fn try_from(text: RungText) -> Result<Self, String> {
        let is_taken = text.answers.is_some();
        let ways = [
            text.answers.map(|after| Self::Answers {
                after,
                does: text.does.clone().unwrap_or_default(),
                ends: text.ends.clone().unwrap_or_default(),
            }),
            text.declines.map(Self::Declines),
            text.ignores.filter(|is_so| *is_so).map(|_| Self::Ignores),
            text.busy.filter(|is_so| *is_so).map(|_| Self::Busy),
            text.unreachable.filter(|is_so| *is_so).map(|_| Self::Unreachable),
            text.led.filter(|is_so| *is_so).map(|_| Self::Led),
        ];
        let mut ways = ways.into_iter().flatten();
        match (ways.next(), ways.next()) {
            (Some(_), None) if !is_taken && (text.does.is_some() || text.ends.is_some()) => {
                Err("`does` and `ends` go with `answers`".to_owned())
            }
            (Some(way), None) => Ok(way),
            _ => Err("a person has one of `answers`, `declines`, `ignores = true`, `busy = true`, `unreachable = true` and `led = true`"
                .to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_contacts_is_read_with_one_behaviour_or_several() {
        let contacts = parse(
            r##"
            [[contacts]]
            name = "Ada"
            user = "8a1d"
            [[contacts.rings]]
            ignores = true
            [[contacts.rings]]
            answers = "2s"
            ends = { by = "bot" }
            [[contacts.rings.does]]
            hears = "alarm"
            presses = "1"

            [[contacts]]
            phone = "+441632960001"
            busy = true
            "##,
        )
        .unwrap();
        let ada = &contacts["8a1d"];
        assert_eq!((ada.name.as_str(), ada.rung(0)), ("Ada", Rung::Ignores));
        assert!(matches!(ada.rung(1), Rung::Answers { does, .. } if does.len() == 1));
        assert_eq!(ada.rung(7), ada.rung(1), "the last repeats");
        assert_eq!(contacts["+441632960001"].rings, [Rung::Busy]);
    }

    #[test]
    fn a_contact_of_whom_nothing_is_said_answers_soon() {
        let contacts = parse("[[contacts]]\nuser = \"8a1d\"").unwrap();
        assert_eq!(contacts["8a1d"].rung(0), Rung::answers(SOON));
    }

    #[test]
    fn an_error_says_what_is_wrong() {
        for (text, what) in [
            ("[[contacts]]\nname = \"Ada\"", "either `user` or `phone`"),
            ("[[contacts]]\nphone = \"0800\"", "begin with +"),
            ("[[contacts]]\nuser = \"a\"\nbusy = true\nignores = true", "one of"),
            ("[[contacts]]\nuser = \"a\"\nbusy = true\nrings = [{ ignores = true }]", "either one behaviour or `rings`"),
            ("[[contacts]]\nuser = \"a\"\nignores = true\ndoes = []", "go with `answers`"),
            ("[[contacts]]\nuser = \"a\"\nsings = true", "unknown field"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(what) && error.contains("line"), "{error}");
        }
    }
}
