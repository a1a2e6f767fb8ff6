//! A checked call flow: every name in it leads somewhere, every prompt is a file that Graph can play.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use super::dialogue::{Collect, Menu, Play, Record, Retry, Review, SendKeys};
use super::{
    case::Case,
    company::{CallKind, Hold, Invite, Joins, Leads, Mute, Remove, Unhold},
    hours::Calendar,
    key::Key,
    reaching::{Acknowledge, Answer, Ask, Notify, Redirect, Reject},
    spoken::Manner,
    template::Template,
    whom::Whom,
};

/// The most variables of one flow.
pub const MOST_VARIABLES: usize = 32;

/// The longest value of a variable, in characters; what is longer is cut.
pub const LONGEST_VALUE: usize = 500;

/// What the keyed hash of a secret begins with. No digits do, so the two are told apart.
pub const HASH_PREFIX: &str = "hmac-sha256:";

/// What a call does, step by step.
///
/// Only the checker makes one from a file, so whoever holds a `Flow` may rely on it: `start` and every step that an outcome names
/// exist, and so does every prompt.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Flow {
    /// The folder's name, e.g. `front_desk`.
    pub name: String,
    /// The content's hash, lower-case hex of 32 digits: the flow file and every prompt that it plays.
    pub version: String,
    /// The kind of call that it is for.
    #[serde(default, skip_serializing_if = "CallKind::is_two")]
    pub call: CallKind,
    /// How often its calls join one meeting.
    #[serde(default, skip_serializing_if = "Joins::is_always")]
    pub joins: Joins,
    /// The step that a call begins with.
    pub start: String,
    /// What a call may be told wherever it stands, and the step that each leads to.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub told: BTreeMap<String, String>,
    /// The time zone of its dates and times, by its IANA name; UTC where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// The variables and their first values; up to [`MOST_VARIABLES`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
    /// The flows that a call may go on with from here, and from there, whole; they have none of their own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub others: BTreeMap<String, Flow>,
    /// The languages; the first is that of [`Self::prompts`], and the one that is heard where another is missing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// The prompts in other languages, by language and name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub translations: BTreeMap<String, BTreeMap<String, Prompt>>,
    /// The prompts by name.
    pub prompts: BTreeMap<String, Prompt>,
    /// Where the operator's own servers are, by name; `None` where only the settings say.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hooks: BTreeMap<String, Option<String>>,
    /// The steps by name.
    pub steps: BTreeMap<String, Step>,
    /// Key presses are written into the call's journal.
    pub journal_tones: bool,
}

/// A prompt: a WAV file and what it says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prompt {
    /// SHA-256 of the file's bytes, lower-case hex; also Graph's `resourceId` and the last part of the prompt's URL.
    pub sha256: String,
    /// How long it plays, in milliseconds.
    pub ms: u32,
    /// The words: caption, and source of the speech.
    pub text: String,
}

/// What one step does, and where each outcome leads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Step {
    /// Plays prompts.
    Play(Play),
    /// Offers choices and takes one key.
    Menu(Menu),
    /// Collects digits that the caller types.
    Collect(Collect),
    /// Records what the caller says.
    Record(Record),
    /// Passes the call on; the flow goes on only when that fails.
    Transfer(Transfer),
    /// Says digits or a number.
    Say(Say),
    /// Takes the call.
    Answer(Answer),
    /// Declines the call.
    Reject(Reject),
    /// Sends the call elsewhere.
    Redirect(Redirect),
    /// Asks a server of the operator's own.
    Ask(Ask),
    /// Tells a server of the operator's own, and goes on.
    Notify(Notify),
    /// Acknowledges the order that the call is part of, and goes on.
    Acknowledge(Acknowledge),
    /// Sends keys to the other side.
    SendKeys(SendKeys),
    /// Brings somebody into the call.
    Invite(Invite),
    /// Removes somebody from it.
    Remove(Remove),
    /// Mutes somebody, or the bot.
    Mute(Mute),
    /// Lets the bot be heard again.
    Unmute(Leads),
    /// Lets somebody hear music instead of the call.
    Hold(Hold),
    /// Lets somebody hear the call again.
    Unhold(Unhold),
    /// Lets time pass.
    Wait(Wait),
    /// Sets variables.
    Set(Set),
    /// Goes one way or another.
    Branch(Branch),
    /// Goes by the time and the calendar.
    Hours(Hours),
    /// Chooses the language.
    Language(Language),
    /// Goes on with another flow.
    Go(Go),
    /// Ends the call.
    HangUp,
}

impl Flow {
    /// It and all the flows that a call may go on with.
    pub fn all(&self) -> impl Iterator<Item = &Flow> {
        std::iter::once(self).chain(self.others.values())
    }

    /// A step of it collects what nobody but the caller may know.
    pub fn has_secret(&self) -> bool {
        self.steps.values().any(Step::is_secret)
    }

    /// The prompt `name` in a language, or in the first one.
    pub fn prompt(&self, name: &str, language: Option<&str>) -> Option<&Prompt> {
        let translated = language.and_then(|language| self.translations.get(language)?.get(name));
        translated.or_else(|| self.prompts.get(name))
    }

    /// Every prompt in every language, by its name: `welcome`, and `welcome.de` in another language than the first.
    pub fn every_prompt(&self) -> impl Iterator<Item = (String, &Prompt)> {
        let translated = self
            .translations
            .iter()
            .flat_map(|(language, prompts)| prompts.iter().map(move |(name, prompt)| (format!("{name}.{language}"), prompt)));
        self.prompts.iter().map(|(name, prompt)| (name.clone(), prompt)).chain(translated)
    }

    /// The flow `name` among them.
    pub fn named(&self, name: &str) -> Option<&Flow> {
        self.all().find(|flow| flow.name == name)
    }
}

impl Step {
    /// The caller's keys count in it, so Graph must tell of them.
    pub fn hears_keys(&self) -> bool {
        match self {
            Self::Play(play) => play.barge_in || !play.keys.is_empty(),
            Self::Menu(_) | Self::Collect(_) => true,
            Self::Record(record) => record.review.is_some(),
            Self::Wait(wait) => !wait.keys.is_empty(),
            _ => false,
        }
    }

    /// The caller hears nothing of it, so that it runs while the call still rings.
    pub fn is_for_no_ears(&self) -> bool {
        match self {
            Self::Set(_) | Self::Notify(_) | Self::Branch(_) | Self::Hours(_) | Self::Language(_) | Self::Go(_) => true,
            Self::Reject(_) | Self::Redirect(_) | Self::Acknowledge(_) => true,
            Self::Answer(_)
            | Self::Say(_)
            | Self::Wait(_)
            | Self::SendKeys(_)
            | Self::Invite(_)
            | Self::Remove(_)
            | Self::Mute(_)
            | Self::Unmute(_)
            | Self::Hold(_)
            | Self::Unhold(_)
            | Self::Ask(_)
            | Self::Play(_)
            | Self::Menu(_)
            | Self::Collect(_)
            | Self::Record(_)
            | Self::Transfer(_)
            | Self::HangUp => false,
        }
    }

    /// Only a call that nobody has taken yet can go through it.
    pub fn needs_ringing(&self) -> bool {
        matches!(self, Self::Reject(_) | Self::Redirect(_))
    }

    /// The step that follows when the call ends in the middle of this one.
    pub fn hung_up(&self) -> Option<&str> {
        match self {
            Self::Menu(menu) => menu.hung_up.as_deref(),
            Self::Collect(collect) => collect.hung_up.as_deref(),
            Self::Record(record) => record.hung_up.as_deref(),
            Self::Wait(wait) => wait.hung_up.as_deref(),
            _ => None,
        }
    }

    /// The prompts that it plays first, so that Graph may fetch them before it answers.
    pub fn plays_first(&self) -> &[String] {
        match self {
            Self::Play(play) => &play.prompts,
            Self::Menu(menu) => &menu.prompts,
            Self::Collect(collect) => &collect.prompts,
            Self::Record(record) => record.prompt.as_slice(),
            Self::Ask(ask) => &ask.meanwhile,
            Self::Invite(invite) => &invite.meanwhile,
            _ => &[],
        }
    }

    /// It collects what nobody but the caller may know.
    pub fn is_secret(&self) -> bool {
        matches!(self, Self::Collect(Collect { secret: true, .. }))
    }
}

/// Passes the call on to somebody else.
///
/// <https://learn.microsoft.com/graph/api/call-transfer>
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transfer {
    /// Who takes the call.
    pub to: Whom,
    /// The next step when they are busy, where it is another than `failed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub busy: Option<String>,
    /// The next step when they decline it, where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declined: Option<String>,
    /// The next step when they do not answer, where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_answer: Option<String>,
    /// The next step when there is nobody to be rung, where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_found: Option<String>,
    /// The next step when nobody took it.
    pub failed: String,
}

/// Whom a call can be passed on to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A Teams user, by object id.
    User(String),
    /// A phone number in E.164, e.g. `+4930123456`. Graph takes it only when the call came in on an application instance.
    Phone(String),
    /// A resource account, by object id.
    ApplicationInstance(String),
}

/// Sets variables, then goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Set {
    /// The variables and their texts, all of which are filled in before any variable is set.
    pub variables: BTreeMap<String, Template>,
    /// The next step.
    pub then: String,
}

/// Lets time pass in silence, then goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wait {
    /// How long, in milliseconds; 100 to 600,000.
    pub ms: u32,
    /// Keys that end it, and where each leads.
    pub keys: BTreeMap<Key, String>,
    /// What ends it when the call is told so, and where each leads.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub events: BTreeMap<String, String>,
    /// The next step as soon as somebody else comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined: Option<String>,
    /// The next step as soon as nobody else is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alone: Option<String>,
    /// The next step.
    pub then: String,
    /// The next step when the call ends in the middle of it; one that needs no ears.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hung_up: Option<String>,
}

/// Goes the first way that fits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Branch {
    /// The ways.
    pub cases: Vec<Case>,
    /// The next step when none fits.
    pub otherwise: String,
}

/// Goes on with another flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Go {
    /// The flow's name.
    pub flow: String,
}

/// Goes one way when somebody is there, and another when nobody is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hours {
    /// When somebody is there, in the flow's time zone.
    pub calendar: Calendar,
    /// The switch that overrides it while it is on.
    pub switch: Option<String>,
    /// The next step when somebody is there.
    pub open: String,
    /// The next step when nobody is.
    pub closed: String,
    /// The next step on a holiday.
    pub holiday: String,
    /// The next step while the switch is on.
    pub switched: String,
}

/// Says digits or a number, then goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Say {
    /// What is said; only its digits are.
    pub text: Template,
    /// How.
    pub manner: Manner,
    /// The next step.
    pub then: String,
}

/// Chooses the language of all prompts from here on, then goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Language {
    /// What becomes one of the flow's languages; anything else means the first.
    pub language: Template,
    /// The next step.
    pub then: String,
}
