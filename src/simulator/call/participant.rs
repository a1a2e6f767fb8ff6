//! The people of a call: who calls, or who is called.

use jiff::Timestamp;

use crate::simulator::{
    asks::Target,
    contact::Rung,
    ledger::{Ended, Verdict},
    observation::EndedBy,
    person::Person,
    script::Caller,
};

/// Someone who is, was or may come to be in a call.
#[derive(Debug)]
pub(super) struct Participant {
    /// The participant's id, in this call alone.
    pub(super) id: String,
    pub(super) who: Target,
    pub(super) person: Person,
    pub(super) standing: Standing,
    /// They are speaking until then.
    pub(super) speaks_until: Option<Timestamp>,
}

/// Where someone stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// Not rung yet.
    Awaited,
    /// Rung; what they will do.
    Rung(Rung),
    /// In the call.
    Here,
    /// Left the call.
    Left,
    /// Did not take it.
    Away,
}

impl Participant {
    /// Who calls the bot.
    pub(super) fn caller(id: String, caller: Caller, person: Person) -> Self {
        let who = match caller {
            Caller::User { id, name } => Target { kind: "user", id, name: Some(name) },
            Caller::Phone { number } => Target { kind: "phone", id: number, name: None },
        };
        Self { id, who, person, standing: Standing::Here, speaks_until: None }
    }

    /// Whom the bot calls.
    pub(super) fn called(id: String, who: Target) -> Self {
        Self { id, who, person: Person::led(), standing: Standing::Awaited, speaks_until: None }
    }

    /// What they are called: a name, or a number.
    pub(super) fn called_by(&self) -> &str {
        self.who.name.as_deref().unwrap_or(&self.who.id)
    }

    pub(super) fn is_here(&self) -> bool {
        self.standing == Standing::Here
    }

    /// They may still come.
    pub(super) fn is_coming(&self) -> bool {
        matches!(self.standing, Standing::Awaited | Standing::Rung(_))
    }

    /// What became of their script. Who was never to take the call had none; who left did not wait for the end.
    pub(super) fn verdict(&self, ended: &Ended, recordings: u32) -> Verdict {
        match &self.standing {
            Standing::Away | Standing::Awaited => Verdict::Fulfilled,
            Standing::Rung(rung) if !matches!(rung, Rung::Answers { .. }) => Verdict::Fulfilled,
            Standing::Left => self.person.verdict(&Ended { by: EndedBy::Caller, ..ended.clone() }, recordings),
            Standing::Rung(_) | Standing::Here => self.person.verdict(ended, recordings),
        }
    }
}
