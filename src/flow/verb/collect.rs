//! `collect`: collects digits that the caller types.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::{Verb, retry::Retry};
use crate::flow::{
    key::Key,
    model::{self, Step},
    names::Names,
    value::{Count, Keys, Pattern, Prompts, StepRef, Text, Time, VariableRef},
};

/// Collects digits that the caller types, one after the other.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Collect {
    /// The prompt that asks for the digits, or a list of up to 18.
    prompt: Prompts,
    /// The fewest digits: 0 to 32, 1 if not given. Fewer are no match.
    #[serde(default = "least")]
    #[schemars(with = "Count<0, 32>")]
    least: Spanned<Count<0, 32>>,
    /// The most digits: 1 to 32, 32 if not given. When so many are there, nothing more is waited for.
    #[serde(default = "most")]
    most: Count<1, 32>,
    /// The keys that end the digits, one after the other, e.g. "*#"; "#" if not given, none if empty.
    #[serde(default = "stop_keys")]
    stop_keys: Keys,
    /// How long to wait for the first key when the prompts have ended: 1s to 1m, 5s if not given.
    #[serde(default = "timeout")]
    timeout: Time<1_000, 60_000>,
    /// How long to wait for each further key: 1s to 30s, 3s if not given. When none comes the digits are complete.
    #[serde(default = "inter_digit_timeout")]
    inter_digit_timeout: Time<1_000, 30_000>,
    /// A key cuts the prompts short; true if not given. If false, keys pressed before the prompts' end are not heard.
    #[serde(default = "barge_in")]
    barge_in: bool,
    /// What the digits must look like, as a regular expression for all of them, e.g. "[1-9][0-9]{5}". If not given, like anything.
    pattern: Option<Pattern>,
    /// What the digits must equal, e.g. "{order}": digits, or the keyed hash that `switchboard secret hash` makes. If not given, anything.
    matches: Option<Text>,
    /// The variable that the digits are put into. If not given, they are forgotten.
    into: Option<VariableRef>,
    /// The digits are a secret, such as a PIN: they are kept nowhere, and while they are typed only sealed; false if not given.
    #[serde(default = "no_secret")]
    #[schemars(with = "bool")]
    secret: Spanned<bool>,
    /// What follows when no key is pressed, e.g. `{ prompt = "nothing_heard", attempts = 3, then = "goodbye" }`.
    no_input: Retry,
    /// What follows when the digits are too few, do not look as they must, or do not equal what they must.
    no_match: Retry,
    /// The step that follows when the digits are right.
    then: StepRef,
    /// The step that follows when the caller hangs up, or the call ends otherwise, in the middle of this one: one that takes no time,
    /// such as `notify`. If not given, nothing follows.
    hung_up: Option<StepRef>,
}

fn least() -> Spanned<Count<0, 32>> {
    Spanned::new(0..0, Count::of(1))
}

fn most() -> Count<1, 32> {
    Count::of(32)
}

fn stop_keys() -> Keys {
    Keys(Key::try_from('#').into_iter().collect())
}

fn timeout() -> Time<1_000, 60_000> {
    Time::of_ms(5_000)
}

fn inter_digit_timeout() -> Time<1_000, 30_000> {
    Time::of_ms(3_000)
}

fn barge_in() -> bool {
    true
}

fn no_secret() -> Spanned<bool> {
    Spanned::new(0..0, false)
}

impl Verb for Collect {
    const NAME: &'static str = "collect";
    const LISTENS: bool = true;

    fn step(self, names: &mut Names) -> Step {
        let (least, most) = (self.least.get_ref().get(), self.most.get());
        if least > most {
            let what = format!("`least` is {least} and `most` is {most}, so no digits are right");
            names.fault(self.least.span(), what, format!("make `least` {most} or less, or `most` {least} or more"));
        }
        if *self.secret.get_ref() {
            self.check_secret(names);
        }
        Step::Collect(model::Collect {
            prompts: names.prompts(self.prompt),
            least,
            most,
            stop_keys: self.stop_keys.0,
            timeout_ms: self.timeout.ms(),
            inter_digit_timeout_ms: self.inter_digit_timeout.ms(),
            barge_in: self.barge_in,
            pattern: self.pattern.map(|pattern| pattern.0),
            matches: self.matches.map(|text| names.text(text)),
            into: self.into.map(|name| names.sets(name)),
            secret: self.secret.into_inner(),
            no_input: self.no_input.checked(names),
            no_match: self.no_match.checked(names),
            then: names.step(self.then),
            hung_up: self.hung_up.map(|step| names.unheard(step)),
        })
    }
}

impl Collect {
    /// A secret is compared with something, is kept nowhere, and stands nowhere in the clear.
    fn check_secret(&self, names: &mut Names) {
        if let Some(into) = &self.into {
            let what = format!("a secret would be kept in variable `{}`", into.0.get_ref());
            names.fault(into.0.span(), what, "remove `into`; let `matches` compare the secret");
        }
        match &self.matches {
            Some(matches) => names.secret(&matches.0),
            None => names.fault(self.secret.span(), "a secret is collected and compared with nothing", "give the step `matches`"),
        }
    }
}
