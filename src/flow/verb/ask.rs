//! `ask`: asks a server of the operator's own.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Verb;
use crate::flow::{
    model::{self, Step},
    names::Names,
    report::{Report, Span},
    value::{HookRef, Prompts, StepRef, Time, VariableRef, Ways},
};

/// How long an answer may take while nothing plays, in milliseconds.
const IN_SILENCE_MS: u32 = 2_500;

/// How long an answer may take while something plays, in milliseconds.
const MEANWHILE_MS: u32 = 20_000;

/// Asks a server of your own, whose answer sets variables and chooses the way.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Ask {
    /// The hook that is asked, one of `[hooks]`.
    hook: HookRef,
    /// The variables and facts, such as `call.caller`, that are told beside what is always told, by name; none if not given.
    #[serde(default)]
    variables: Vec<VariableRef>,
    /// The variables that the answer may set, by name; none if not given.
    #[serde(default)]
    sets: Vec<VariableRef>,
    /// The prompt that plays while the answer is waited for, again and again, or a list of up to 18. If not given, nothing plays.
    #[serde(rename = "while")]
    meanwhile: Option<Prompts>,
    /// The answer cuts the prompt short; true if not given.
    #[serde(default = "cut")]
    cut: bool,
    /// How long the answer may take: 500ms to 20s. If not given, 20s with `while` and 2500ms without, which is the most there.
    timeout: Option<Time<500, MEANWHILE_MS>>,
    /// The steps that the answer's `next` leads to, e.g. `{ vip = "vip_desk", closed = "goodbye" }`.
    #[serde(default)]
    next: Ways,
    /// The step that follows when the answer has no `next`.
    then: StepRef,
    /// The step that follows when there is no answer in time, or one that makes no sense.
    failed: StepRef,
}

fn cut() -> bool {
    true
}

impl Verb for Ask {
    const NAME: &'static str = "ask";
    const LISTENS: bool = false;

    fn check(&self, at: &Span, report: &mut Report<'_>) {
        let timeout = self.timeout.map_or(0, Time::ms);
        if self.meanwhile.is_none() && timeout > IN_SILENCE_MS {
            let hint = "say what plays meanwhile with `while`, or give it 2500ms at most";
            report.error(at.clone(), "`timeout` leaves the caller in silence for more than 2500ms", hint);
        }
    }

    fn step(self, names: &mut Names) -> Step {
        let longest = if self.meanwhile.is_some() { MEANWHILE_MS } else { IN_SILENCE_MS };
        Step::Ask(model::Ask {
            hook: names.hook(self.hook),
            variables: self.variables.into_iter().map(|name| names.reads(name)).collect(),
            sets: self.sets.into_iter().map(|name| names.sets(name)).collect(),
            meanwhile: self.meanwhile.map(|prompts| names.prompts(prompts)).unwrap_or_default(),
            cut: self.cut,
            timeout_ms: self.timeout.map_or(longest, Time::ms),
            next: self.next.0.into_iter().map(|(name, step)| (name.0, names.step(step))).collect(),
            then: names.step(self.then),
            failed: names.step(self.failed),
        })
    }
}
