//! What a flow knows of its call: the variables that it sets, and the facts that are there by themselves. Never journalled.

use jiff::{Zoned, civil::Weekday, tz::TimeZone};

use super::{document::Direction, event::Party, moment::Moment};
use crate::flow::{Fact, LONGEST_VALUE, Template};

/// The most variables of one call: twice those of a flow, since a call may go through several flows.
const MOST_VARIABLES: usize = 2 * crate::flow::MOST_VARIABLES;

impl Moment<'_> {
    /// Gives the flow's variables their first values, unless the call has them already.
    pub(super) fn declare_variables(&mut self) {
        for (name, value) in &self.flow.variables {
            if !self.call.variables.contains_key(name) {
                self.set_variable(name, value.clone());
            }
        }
    }

    /// Sets a variable. A value that is too long is cut; a variable beyond the most that there may be is not kept.
    pub(super) fn set_variable(&mut self, name: &str, value: String) {
        let is_known = self.call.variables.contains_key(name);
        if is_known || self.call.variables.len() < MOST_VARIABLES {
            self.call.variables.insert(name.to_owned(), value.chars().take(LONGEST_VALUE).collect());
        }
    }

    /// What a variable or a fact is now; empty where nobody knows.
    pub(super) fn value(&self, name: &str) -> String {
        match Fact::named(name) {
            Some(fact) => self.fact(fact),
            None => self.call.variables.get(name).cloned().unwrap_or_default(),
        }
    }

    /// A text with everything in braces put in.
    pub(super) fn fill(&self, template: &Template) -> String {
        template.fill(|name| self.value(name))
    }

    /// The time where the flow is at home.
    pub(super) fn local_time(&self) -> Zoned {
        let zone = self.flow.timezone.as_deref().and_then(|name| TimeZone::get(name).ok());
        self.now.to_zoned(zone.unwrap_or(TimeZone::UTC))
    }

    fn fact(&self, fact: Fact) -> String {
        match fact {
            Fact::Caller => id_of(self.call.from.as_ref()),
            Fact::CallerKind => kind_of(self.call.from.as_ref()),
            Fact::Called => id_of(self.call.to.as_ref()),
            Fact::CalledKind => kind_of(self.call.to.as_ref()),
            Fact::Tenant => self.call.tenant.clone(),
            Fact::Direction => match self.call.direction {
                Direction::Incoming => "incoming".to_owned(),
                Direction::Outgoing => "outgoing".to_owned(),
            },
            Fact::Id => self.call.key.as_str().to_owned(),
            Fact::Participants => self.call.others().to_string(),
            Fact::Language => self.call.language.as_ref().or(self.flow.languages.first()).cloned().unwrap_or_default(),
            Fact::Date => self.local_time().date().to_string(),
            Fact::Time => self.local_time().strftime("%H:%M").to_string(),
            Fact::Weekday => day_name(self.local_time().weekday()).to_owned(),
        }
    }
}

fn id_of(party: Option<&Party>) -> String {
    party.map(|party| party.id.clone()).unwrap_or_default()
}

/// Graph's kind, spelt as the language spells everything: `application_instance`.
fn kind_of(party: Option<&Party>) -> String {
    let kind = party.map(|party| party.kind.as_str()).unwrap_or_default();
    kind.chars().fold(String::new(), |spelt, c| match c.is_ascii_uppercase() {
        true => spelt + "_" + &c.to_ascii_lowercase().to_string(),
        false => spelt + &c.to_string(),
    })
}

fn day_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "monday",
        Weekday::Tuesday => "tuesday",
        Weekday::Wednesday => "wednesday",
        Weekday::Thursday => "thursday",
        Weekday::Friday => "friday",
        Weekday::Saturday => "saturday",
        Weekday::Sunday => "sunday",
    }
}
