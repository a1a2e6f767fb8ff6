//! Whom a call is passed on to, and who in it is meant, as a flow says it: with variables, or without.

use serde::{Deserialize, Serialize};

use super::{
    model::Target,
    template::Template,
    value::{guid, phone},
};

/// Whom a call is passed on to. Whether it is an id or a number shows when the variables in it are filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whom {
    /// A Teams user, by object id.
    User(Template),
    /// A phone number in E.164.
    Phone(Template),
    /// A resource account, by object id.
    ApplicationInstance(Template),
}

impl Whom {
    /// The target, with every text filled in by `fill`; `None` where that makes no object id or number.
    pub fn target(&self, fill: impl Fn(&Template) -> String) -> Option<Target> {
        match self {
            Self::User(id) => guid(&fill(id)).map(|id| Target::User(id.0)),
            Self::Phone(number) => phone(&fill(number)).map(|number| Target::Phone(number.0)),
            Self::ApplicationInstance(id) => guid(&fill(id)).map(|id| Target::ApplicationInstance(id.0)),
        }
    }
}

/// Who in the call is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// The one at the other end: who called the bot, or whom it called.
    Other,
    /// This one.
    Named(Whom),
}

impl Target {
    /// The same with its id in lower case; `None` where that is no object id, or no number in E.164.
    pub fn checked(&self) -> Option<Self> {
        match self {
            Self::User(id) => guid(id).map(|id| Self::User(id.0)),
            Self::Phone(number) => phone(number).map(|number| Self::Phone(number.0)),
            Self::ApplicationInstance(id) => guid(id).map(|id| Self::ApplicationInstance(id.0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_an_id_or_a_number_once_its_variables_are_filled_in() {
        let whom = Whom::Phone("+49{extension}".parse().unwrap());
        let with = |extension: &str| whom.target(|text| text.fill(|_| extension.to_owned()));
        assert_eq!(with("30123456"), Some(Target::Phone("+4930123456".to_owned())));
        for extension in ["", "x", "30 123456"] {
            assert_eq!(with(extension), None, "{extension}");
        }
        let desk = Whom::User("{desk}".parse().unwrap());
        let id = "0F3A9C52-7D41-4BE6-8A15-2C9E60D7B314";
        assert_eq!(desk.target(|text| text.fill(|_| id.to_owned())), Some(Target::User(id.to_ascii_lowercase())));
    }
}
