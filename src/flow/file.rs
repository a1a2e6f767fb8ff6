//! What stands in a `flow.toml`, beside the steps.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use toml::Spanned;

use super::{
    company::{CallKind, Joins},
    value::{Entries, HookUrl, Languages, StepRef, Translations, Variables, WavePath, Ways, Words, Zone},
    verb,
};

/// What a call does, step by step.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// What kind of call the flow is for: `"two"`, the bot and one other; `"group"`, several; `"meeting"`, one that the bot joins. `"two"` if not
    /// given.
    #[serde(default)]
    pub(super) call: Kind,
    /// How often calls of this flow join one meeting: `"always"`, as often as they are asked to; `"one_at_a_time"`, not while one of them is in
    /// it; `"once"`, not once one of them was in it, for as long as that call is kept. `"always"` if not given.
    #[schemars(with = "Option<Joining>")]
    pub(super) joins: Option<Spanned<Joining>>,
    /// The step that a call begins with.
    pub(super) start: StepRef,
    /// What a call may be told by `POST /api/calls/{id}/events`, in whatever step it is, and the step that each leads to.
    #[serde(default)]
    pub(super) events: Ways,
    /// The time zone in which the flow's dates and times are meant, by its IANA name; UTC if not given.
    pub(super) timezone: Option<Zone>,
    /// The languages, e.g. `["en", "de"]`. The first is that of the prompts' `text`, and is heard where another is missing.
    #[serde(default)]
    pub(super) languages: Languages,
    /// The variables by name, each with its first value.
    #[serde(default)]
    pub(super) variables: Variables,
    /// The prompts by name: a WAV file each, and what it says.
    #[serde(default)]
    #[expect(dead_code, reason = "the entries are read one by one")]
    prompts: Entries<PromptTable>,
    /// The hooks by name: servers of your own, which steps ask and tell.
    #[serde(default)]
    #[expect(dead_code, reason = "the entries are read one by one")]
    hooks: Entries<HookTable>,
    /// The steps by name: what each does, and where its outcomes lead.
    #[expect(dead_code, reason = "the entries are read one by one")]
    steps: Entries<AnyStep>,
    /// What the call's journal holds.
    #[serde(default)]
    pub(super) journal: Journal,
}

/// What kind of call a flow is for.
#[derive(Debug, Default, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    #[default]
    Two,
    Group,
    Meeting,
}

impl From<Kind> for CallKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Two => Self::Two,
            Kind::Group => Self::Group,
            Kind::Meeting => Self::Meeting,
        }
    }
}

/// How often calls of a flow join one meeting.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Joining {
    Always,
    OneAtATime,
    Once,
}

impl From<Joining> for Joins {
    fn from(joining: Joining) -> Self {
        match joining {
            Joining::Always => Self::Always,
            Joining::OneAtATime => Self::OneAtATime,
            Joining::Once => Self::Once,
        }
    }
}

/// A WAV file and what it says.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PromptTable {
    /// What the prompt says: its caption, and the source when a computer speaks it.
    pub(super) text: Words,
    /// The WAV file, seen from the folder `prompts`. If not given, the prompt's name and `.wav`.
    pub(super) file: Option<WavePath>,
    /// What it says in other languages, e.g. `{ de = "Willkommen." }`. The WAV file of a language lies in a folder of its name: `de/welcome.wav`.
    #[serde(default)]
    pub(super) languages: Translations,
}

/// A server of your own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HookTable {
    /// Where it is: https, or http on this machine. The setting `HOOK_URLS` may say otherwise; if neither says, nothing is sent.
    pub(super) url: Option<HookUrl>,
}

/// What the call's journal holds.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Journal {
    /// Write key presses into the journal too.
    #[serde(default)]
    pub(super) tones: bool,
}

/// A step of any verb; it stands for them in the schema.
#[derive(Debug)]
struct AnyStep;

impl JsonSchema for AnyStep {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Step".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let verbs: Vec<Schema> = verb::VERBS.iter().map(|verb| (verb.schema)(generator)).collect();
        json_schema!({ "oneOf": verbs })
    }
}
