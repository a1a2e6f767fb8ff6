//! What a flow knows of every call without setting it.

/// Something known of a call. Flows read facts as they read variables, and never set them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact {
    /// Who calls: an object id or a phone number; empty where Graph does not say.
    Caller,
    /// What the caller is: `user`, `phone`, `guest`, `application_instance` and so on.
    CallerKind,
    /// Who is called: the bot, or a resource account of it.
    Called,
    /// What the called is.
    CalledKind,
    /// The tenant whose call it is.
    Tenant,
    /// `incoming` or `outgoing`.
    Direction,
    /// The call's key, as the API knows it.
    Id,
    /// How many others are in the call, applications and those who wait in its lobby left out.
    Participants,
    /// The language that prompts are heard in; empty in a flow without languages.
    Language,
    /// The date in the flow's time zone: `2026-12-24`.
    Date,
    /// The time of day there: `08:05`.
    Time,
    /// The day of the week: `monday`.
    Weekday,
}

impl Fact {
    /// All of them, in the order of the reference.
    pub const ALL: [Self; 12] = [
        Self::Caller,
        Self::CallerKind,
        Self::Called,
        Self::CalledKind,
        Self::Tenant,
        Self::Direction,
        Self::Id,
        Self::Participants,
        Self::Language,
        Self::Date,
        Self::Time,
        Self::Weekday,
    ];

    /// Its name. The dot sets it apart from every variable.
    pub fn name(self) -> &'static str {
        match self {
            Self::Caller => "call.caller",
            Self::CallerKind => "call.caller_kind",
            Self::Called => "call.called",
            Self::CalledKind => "call.called_kind",
            Self::Tenant => "call.tenant",
            Self::Direction => "call.direction",
            Self::Id => "call.id",
            Self::Participants => "call.participants",
            Self::Language => "call.language",
            Self::Date => "now.date",
            Self::Time => "now.time",
            Self::Weekday => "now.weekday",
        }
    }

    /// The fact of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fact| fact.name() == name)
    }
}
