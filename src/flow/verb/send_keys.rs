//! `send_keys`: sends keys to the other side.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Verb, who::leads};
use crate::flow::{
    model,
    model::Step,
    names::Names,
    value::{KeysText, StepRef, Time},
};

/// Sends keys to the other side, as if they were pressed here: to a menu that the bot has called.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SendKeys {
    /// The keys, 1 to 64, e.g. `"1234#"`; variables may stand in it.
    keys: KeysText,
    /// How long it is silent between two of them: 0ms to 10s. If not given, 300ms.
    #[serde(default = "pause")]
    pause: Time<0, 10_000>,
    /// The step that follows when it is done.
    then: StepRef,
    /// The step that follows when Graph refuses, or it is not known whether they were sent. If not given, the same as `then`.
    failed: Option<StepRef>,
}

fn pause() -> Time<0, 10_000> {
    Time::of_ms(300)
}

impl Verb for SendKeys {
    const NAME: &'static str = "send_keys";
    // What is refused at once would go round as fast as the bot can ask.
    const LISTENS: bool = false;

    fn step(self, names: &mut Names) -> Step {
        let keys = names.text(self.keys.0);
        let pause_ms = u16::try_from(self.pause.ms()).unwrap_or(u16::MAX);
        Step::SendKeys(model::SendKeys { keys, pause_ms, leads: leads(self.then, self.failed, names) })
    }
}
