//! `transfer`: passes the call on.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Verb;
use crate::flow::{
    model::{self, Step},
    names::Names,
    value::{Guid, Phone, StepRef},
};

/// Passes the call on to somebody else; the flow goes on only when that fails.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Transfer {
    /// Who takes the call: `{ user = "…" }`, `{ phone = "+…" }` or `{ application_instance = "…" }`.
    to: Target,
    /// The step that follows when nobody took the call.
    failed: StepRef,
}

/// Who takes a call.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Target {
    /// A Teams user, by object id.
    User(Guid),
    /// A phone number in E.164. Works only for calls that came in on a resource account.
    Phone(Phone),
    /// A resource account, by object id.
    ApplicationInstance(Guid),
}

impl Verb for Transfer {
    const NAME: &'static str = "transfer";
    // A transfer that is refused at once would go round as fast as the bot can ask.
    const LISTENS: bool = false;

    fn step(self, names: &mut Names) -> Step {
        Step::Transfer(model::Transfer { to: self.to.checked(), failed: names.step(self.failed) })
    }
}

impl Target {
    pub(super) fn checked(self) -> model::Target {
        match self {
            Self::User(id) => model::Target::User(id.0),
            Self::Phone(number) => model::Target::Phone(number.0),
            Self::ApplicationInstance(id) => model::Target::ApplicationInstance(id.0),
        }
    }
}
