//! `transfer`: passes the call on.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Verb;
use crate::flow::{
    model::{self, Step},
    names::Names,
    value::{GuidText, PhoneText, StepRef},
    whom::Whom,
};

/// Passes the call on to somebody else; the flow goes on only when that fails.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Transfer {
    /// Who takes the call: `{ user = "…" }`, `{ phone = "+…" }` or `{ application_instance = "…" }`.
    to: Target,
    /// The step that follows when they are busy. If not given, the same as `failed`.
    busy: Option<StepRef>,
    /// The step that follows when they decline the call. If not given, the same as `failed`.
    declined: Option<StepRef>,
    /// The step that follows when they do not answer. If not given, the same as `failed`.
    no_answer: Option<StepRef>,
    /// The step that follows when there is nobody to be rung. If not given, the same as `failed`.
    not_found: Option<StepRef>,
    /// The step that follows when nobody took the call.
    failed: StepRef,
}

/// Who takes a call.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Target {
    /// A Teams user, by object id.
    User(GuidText),
    /// A phone number in E.164. Works only for calls that came in on a resource account.
    Phone(PhoneText),
    /// A resource account, by object id.
    ApplicationInstance(GuidText),
}

impl Verb for Transfer {
    const NAME: &'static str = "transfer";
    // A transfer that is refused at once would go round as fast as the bot can ask.
    const LISTENS: bool = false;

    fn step(self, names: &mut Names) -> Step {
        let mut way = |step: Option<StepRef>| step.map(|step| names.step(step));
        let (busy, declined, no_answer, not_found) =
            (way(self.busy), way(self.declined), way(self.no_answer), way(self.not_found));
        let to = self.to.checked(names);
        Step::Transfer(model::Transfer { to, busy, declined, no_answer, not_found, failed: names.step(self.failed) })
    }
}

impl Target {
    pub(super) fn checked(self, names: &mut Names) -> Whom {
        match self {
            Self::User(id) => Whom::User(names.text(id.0)),
            Self::Phone(number) => Whom::Phone(names.text(number.0)),
            Self::ApplicationInstance(id) => Whom::ApplicationInstance(names.text(id.0)),
        }
    }
}
