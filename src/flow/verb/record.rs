//! `record`: records what the caller says.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::Verb;
use crate::flow::{
    key::Key,
    model::{self, Step},
    names::Names,
    value::{Count, Keys, OneKey, PromptRef, Seconds, StepRef, Time},
};

/// Records what the caller says, up to half an hour.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    /// The prompt that asks the caller to speak. If not given, nothing is said.
    prompt: Option<PromptRef>,
    /// A beep before the recording begins; true if not given.
    #[serde(default = "beep")]
    beep: bool,
    /// The longest recording, in whole seconds: 1s to 30m, 2m if not given.
    #[serde(default = "longest")]
    longest: Time<1_000, 1_800_000, 1_000>,
    /// How long to wait for the first word, in whole seconds: 1s to 2m, 10s if not given.
    #[serde(default = "first_silence")]
    first_silence: Seconds,
    /// The pause that ends the recording, in whole seconds: 1s to 2m, 3s if not given.
    #[serde(default = "silence")]
    silence: Seconds,
    /// The keys that end the recording, one after the other, e.g. "*#"; "#" if not given, none if empty.
    #[serde(default = "stop_keys")]
    stop_keys: Keys,
    /// What is offered when something was recorded, e.g. `{ prompt = "review", listen = "1", again = "2", keep = "3" }`. If not given, it
    /// is simply kept.
    #[schemars(with = "Option<Review>")]
    review: Option<Spanned<Review>>,
    /// The step that follows when something was recorded.
    then: StepRef,
    /// The step that follows when nothing was said, or nothing could be recorded. If not given, the same as `then`.
    nothing: Option<StepRef>,
    /// The step that follows when the caller hangs up, or the call ends otherwise, in the middle of this one and something was
    /// recorded: one that takes no time, such as `notify`. If not given, nothing follows.
    hung_up: Option<StepRef>,
}

/// Lets the caller listen to the recording, say it again, or keep it. Who chooses nothing, or hangs up, has kept it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Review {
    /// The prompt that says the choices.
    prompt: PromptRef,
    /// The key that plays the recording, and the choices again.
    listen: OneKey,
    /// The key that records anew; what was said before is gone then.
    again: OneKey,
    /// The key that keeps the recording.
    keep: OneKey,
    /// How long to wait for a key when the prompt has ended: 1s to 1m, 5s if not given.
    #[serde(default = "timeout")]
    timeout: Time<1_000, 60_000>,
    /// How often nothing may be chosen: 1 to 10, 3 if not given. Then the recording is kept.
    #[serde(default = "attempts")]
    attempts: Count<1, 10>,
}

fn timeout() -> Time<1_000, 60_000> {
    Time::of_ms(5_000)
}

fn attempts() -> Count<1, 10> {
    Count::of(3)
}

fn beep() -> bool {
    true
}

fn longest() -> Time<1_000, 1_800_000, 1_000> {
    Time::of_ms(120_000)
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
        let hung_up = self.hung_up.map(|step| names.unheard(step));
        let stop_keys = self.stop_keys.0;
        let review = self.review.map(|review| checked(review, &stop_keys, names));
        Step::Record(model::Record {
            prompt,
            beep: self.beep,
            // At most 1,800, so nothing is cut off.
            longest_s: (self.longest.ms() / 1_000) as u16,
            first_silence_s: self.first_silence.get(),
            silence_s: self.silence.get(),
            stop_keys,
            review,
            then,
            nothing,
            hung_up,
        })
    }
}

/// The review with its names taken. Its keys differ, and none of them ends the recording: that one may be told of late.
fn checked(review: Spanned<Review>, stop_keys: &BTreeSet<Key>, names: &mut Names) -> model::Review {
    let at = review.span();
    let review = review.into_inner();
    let keys = [review.listen.0, review.again.0, review.keep.0];
    if BTreeSet::from(keys).len() < keys.len() {
        names.fault(at.clone(), "`review` has one key for two things", "give `listen`, `again` and `keep` a key each");
    }
    if let Some(key) = keys.iter().find(|key| stop_keys.contains(key)) {
        let what = format!("key `{key}` ends the recording and is a choice of its `review`");
        names.fault(at, what, "take another key, or leave it out of `stop_keys`");
    }
    model::Review {
        prompt: names.prompt(review.prompt),
        listen: review.listen.0,
        again: review.again.0,
        keep: review.keep.0,
        timeout_ms: review.timeout.ms(),
        attempts: review.attempts.get(),
    }
}
