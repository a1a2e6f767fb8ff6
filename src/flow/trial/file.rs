//! What stands in a file of tests.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value as Json;
use toml::Spanned;

use super::{
    begins::{MeetingTable, PlacedTable},
    line::LineTable,
};
use crate::flow::value::{Contact, Count, Each, Guid, Instant, Phone, SwitchName, Time};

/// Tests of the flow beside whose folder `tests` lies.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// What is given in every test of this file.
    #[serde(default)]
    pub(super) given: GivenTable,
    /// The tests, each a call.
    #[expect(dead_code, reason = "tests are read one by one")]
    test: Each<TestTable>,
}

/// A call, and what must come of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TestTable {
    /// What is proven: a sentence about the flow.
    pub(super) name: String,
    /// What is given in this test, beside or instead of what is given in all.
    #[serde(default)]
    pub(super) given: GivenTable,
    /// What the caller does and what is observed, in order. Everything that is heard must be named; the last line ends the call.
    #[expect(dead_code, reason = "lines are read one by one")]
    talk: Each<LineTable>,
    /// What must be left when the call is over.
    #[serde(default)]
    pub(super) leaves: LeavesTable,
}

/// How the world stands when the call comes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GivenTable {
    /// Who calls: `{ user = "…", name = "Ada" }` or `{ phone = "+4930123456" }`. Somebody with an account if not given.
    #[schemars(with = "Option<CallerTable>")]
    pub(super) caller: Option<Spanned<CallerTable>>,
    /// Whom the bot calls, instead of being called: `{ to = "ada" }`, one of `people`.
    #[schemars(with = "Option<PlacedTable>")]
    pub(super) placed: Option<Spanned<PlacedTable>>,
    /// The meeting that the bot joins, instead of being called.
    #[schemars(with = "Option<MeetingTable>")]
    pub(super) meeting: Option<Spanned<MeetingTable>>,
    /// First values of variables, of a call that the bot places or a meeting that it joins.
    #[serde(default)]
    pub(super) variables: BTreeMap<String, String>,
    /// The object id of the resource account that is dialled, or that calls. The bot itself if not given.
    pub(super) instance: Option<Guid>,
    /// When the call comes, such as "2026-03-02T09:30:00+01:00". Now if not given.
    pub(super) clock: Option<Instant>,
    /// The switches that are on. All others are off.
    pub(super) switches: Option<Vec<SwitchName>>,
    /// What hooks answer, by their names, e.g. `crm = { answer = { next = "vip" } }`. All others take everything and say nothing.
    #[serde(default)]
    pub(super) hooks: BTreeMap<String, HookAnswer>,
    /// Who can be reached, by a name for this file, e.g. `sales = { id = "…", declines = "2s" }`. Anybody else answers after 3s.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, PersonTable>")]
    pub(super) people: BTreeMap<String, Spanned<PersonTable>>,
}

/// What a hook answers.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HookAnswer {
    /// The status of HTTP: 200 if not given.
    pub(super) status: Option<u16>,
    /// What the JSON says, e.g. `{ next = "vip", variables = { customer = "Contoso" } }`. Nothing if not given.
    pub(super) answer: Option<Json>,
}

/// Who calls.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CallerTable {
    /// The object id of an account.
    pub(super) user: Option<Guid>,
    /// The display name of the account.
    pub(super) name: Option<String>,
    /// A phone number.
    pub(super) phone: Option<Phone>,
}

/// Somebody whom the bot can ring, and one of `answers`, `declines`, `ignores`, `busy` and `unreachable`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonTable {
    /// The object id or the phone number.
    pub(super) id: Contact,
    /// Takes the call after this time.
    pub(super) answers: Option<Time<0, 60_000>>,
    /// Declines the call after this time.
    pub(super) declines: Option<Time<0, 60_000>>,
    /// Does nothing about the call, if true.
    pub(super) ignores: Option<bool>,
    /// Is in another call, if true.
    pub(super) busy: Option<bool>,
    /// Has no telephone that could ring, if true.
    pub(super) unreachable: Option<bool>,
}

/// What must be left when the call is over.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LeavesTable {
    /// How many recordings are kept.
    pub(super) recordings: Option<Count<0, 100>>,
    /// Everything that hooks were told by `notify`, in order, e.g. `[{ hook = "results" }]`; not looked at if not given.
    pub(super) notified: Option<Vec<NotifiedTable>>,
    /// The values of variables, all as text.
    #[serde(default)]
    pub(super) variables: BTreeMap<String, String>,
}

/// What a hook must have been told.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NotifiedTable {
    /// The hook.
    pub(super) hook: String,
    /// The type of the event; any if not given.
    pub(super) event: Option<String>,
    /// The values of variables that it was told, all as text. It may have been told others too.
    #[serde(default)]
    pub(super) variables: BTreeMap<String, String>,
}
