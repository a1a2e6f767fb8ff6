//! `record`: records what the caller says.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Verb;
use crate::flow::{
    key::Key,
    model::{self, Step},
    names::Names,
    value::{Keys, PromptRef, Seconds, StepRef},
};

/// Records what the caller says, up to two minutes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    /// The prompt that asks the caller to speak. If not given, nothing is said.
    prompt: Option<PromptRef>,
    /// A beep before the recording begins; true if not given.
    #[serde(default = "beep")]
    beep: bool,
    /// The longest recording, in whole seconds: 1s to 2m, 2m if not given.
    #[serde(default = "longest")]
    longest: Seconds,
    /// How long to wait for the first word, in whole seconds: 1s to 2m, 10s if not given.
    #[serde(default = "first_silence")]
    first_silence: Seconds,
    /// The pause that ends the recording, in whole seconds: 1s to 2m, 3s if not given.
    #[serde(default = "silence")]
    silence: Seconds,
    /// The keys that end the recording, one after the other, e.g. "*#"; "#" if not given, none if empty.
    #[serde(default = "stop_keys")]
    stop_keys: Keys,
    /// The step that follows when something was recorded.
    then: StepRef,
    /// The step that follows when nothing was said, or nothing could be recorded. If not given, the same as `then`.
    nothing: Option<StepRef>,
}

fn beep() -> bool {
    true
}

fn longest() -> Seconds {
    Seconds::of(120)
}

fn first_silence() -> Seconds {
    Seconds::of(10)
}

fn silence() -> Seconds {
    Seconds::of(3)
}

fn stop_keys() -> Keys {
    Keys(Key::try_from('#').into_iter().collect())
}

impl Verb for Record {
    const NAME: &'static str = "record";
    const LISTENS: bool = true;

    fn step(self, names: &mut Names) -> Step {
        let prompt = self.prompt.map(|prompt| names.prompt(prompt));
        let then = names.step(self.then);
        let nothing = self.nothing.map(|step| names.step(step)).unwrap_or_else(|| then.clone());
        Step::Record(model::Record {
            prompt,
            beep: self.beep,
            longest_s: self.longest.get(),
            first_silence_s: self.first_silence.get(),
            silence_s: self.silence.get(),
            stop_keys: self.stop_keys.0,
            then,
            nothing,
        })
    }
}
