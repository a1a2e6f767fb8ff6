//! `branch`: goes one way or another.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Verb;
use crate::flow::{
    case,
    model::{self, Step},
    names::Names,
    value::{Cases, StepRef, Text, Texts, VariableRef},
};

/// Compares variables and facts, and goes the first way that fits. It takes no time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Branch {
    /// The ways, of which the first that fits is taken, e.g. `[{ variable = "call.caller_kind", is = "phone", then = "outside" }]`; up to 50.
    when: Cases<Case>,
    /// The step that follows when none fits.
    otherwise: StepRef,
}

/// A way that is taken when everything that is asked of the variable holds.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    /// The variable or fact that is compared.
    variable: VariableRef,
    /// It is this text, or one of a list. Capitals are as good as small letters.
    is: Option<Texts>,
    /// It is not this text, and none of a list.
    is_not: Option<Texts>,
    /// It begins with this text.
    starts_with: Option<Text>,
    /// It is this or comes after it: whole numbers are compared as numbers, all else as text.
    at_least: Option<Text>,
    /// It comes before this.
    below: Option<Text>,
    /// The step that follows.
    then: StepRef,
}

impl Verb for Branch {
    const NAME: &'static str = "branch";
    const LISTENS: bool = false;

    fn step(self, names: &mut Names) -> Step {
        let cases = self.when.0.into_iter().map(|case| case.checked(names)).collect();
        Step::Branch(model::Branch { cases, otherwise: names.step(self.otherwise) })
    }
}

impl Case {
    fn checked(self, names: &mut Names) -> case::Case {
        case::Case {
            variable: names.reads(self.variable),
            is: self.is.map(|texts| names.texts(texts)).unwrap_or_default(),
            is_not: self.is_not.map(|texts| names.texts(texts)).unwrap_or_default(),
            starts_with: self.starts_with.map(|text| names.text(text)),
            at_least: self.at_least.map(|text| names.text(text)),
            below: self.below.map(|text| names.text(text)),
            then: names.step(self.then),
        }
    }
}
