//! The bodies of the bot's requests, checked as strictly as Graph declares them: no undeclared parameter, every limit.
//!
//! Names and required members are those of the v1.0 metadata; limits are from the pages of each method at
//! <https://learn.microsoft.com/graph/api/resources/call>.

use reqwest::Url;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

mod create;

pub(crate) use create::{Create, To};

use super::{reply::Refusal, script::is_key};

/// `answer`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Answer {
    pub(crate) callback_uri: String,
    pub(crate) media_config: MediaConfig,
    accepted_modalities: Vec<Modality>,
    #[serde(rename = "callOptions")]
    _call_options: Option<Value>,
    #[serde(rename = "participantCapacity")]
    _participant_capacity: Option<i32>,
}

/// Who handles the sound; only the platform can, here.
#[derive(Debug, Deserialize)]
#[serde(tag = "@odata.type")]
pub(crate) enum MediaConfig {
    #[serde(rename = "#microsoft.graph.serviceHostedMediaConfig", rename_all = "camelCase")]
    ServiceHosted { pre_fetch_media: Option<Vec<MediaInfo>> },
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
enum Modality {
    Audio,
    Video,
    VideoBasedScreenSharing,
    Data,
}

/// Where a prompt's sound is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MediaInfo {
    pub(crate) uri: String,
    pub(crate) resource_id: Option<String>,
}

/// A prompt.
#[derive(Debug, Deserialize)]
#[serde(tag = "@odata.type")]
pub(crate) enum Prompt {
    #[serde(rename = "#microsoft.graph.mediaPrompt", rename_all = "camelCase")]
    Media { media_info: MediaInfo },
}

/// `reject`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Reject {
    pub(crate) reason: Option<Reason>,
    pub(crate) callback_uri: Option<String>,
}

/// Why a call is declined.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Reason {
    #[serde(alias = "None")]
    None,
    #[serde(alias = "Busy")]
    Busy,
    #[serde(alias = "Forbidden")]
    Forbidden,
}

/// `redirect`. `routingPolicies` is not declared in v1.0, but the documentation sends it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Redirect {
    targets: Vec<Invitation>,
    pub(crate) timeout: Option<i32>,
    pub(crate) callback_uri: Option<String>,
    #[serde(rename = "routingPolicies")]
    _routing_policies: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Invitation {
    identity: Value,
    replaces_call_id: Option<String>,
}

/// `playPrompt`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PlayPrompt {
    pub(crate) prompts: Vec<Prompt>,
    pub(crate) client_context: Option<String>,
}

/// `recordResponse`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RecordResponse {
    #[serde(default)]
    pub(crate) prompts: Vec<Prompt>,
    #[serde(default)]
    pub(crate) barge_in_allowed: bool,
    #[serde(default = "five", rename = "initialSilenceTimeoutInSeconds")]
    pub(crate) initial_silence: i64,
    #[serde(default = "five", rename = "maxSilenceTimeoutInSeconds")]
    pub(crate) max_silence: i64,
    #[serde(default = "five", rename = "maxRecordDurationInSeconds")]
    pub(crate) max_duration: i64,
    #[serde(default = "yes")]
    pub(crate) play_beep: bool,
    #[serde(default)]
    pub(crate) stop_tones: Vec<String>,
    pub(crate) client_context: Option<String>,
}

/// `cancelMediaProcessing` and `subscribeToTone`.
#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Plain {
    pub(crate) client_context: Option<String>,
}

/// `sendDtmfTones`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SendDtmfTones {
    pub(crate) tones: Vec<Tone>,
    #[serde(default, rename = "delayBetweenTonesMs")]
    pub(crate) delay_ms: i64,
    pub(crate) client_context: Option<String>,
}

/// A key's tone, as Graph writes it.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Tone {
    Tone0,
    Tone1,
    Tone2,
    Tone3,
    Tone4,
    Tone5,
    Tone6,
    Tone7,
    Tone8,
    Tone9,
    Star,
    Pound,
    A,
    B,
    C,
    D,
    Flash,
}

/// `transfer`. `clientContext` is not declared in v1.0, but the documentation sends it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Transfer {
    transfer_target: Invitation,
    #[serde(rename = "transferee")]
    _transferee: Option<Value>,
    #[serde(rename = "clientContext")]
    _client_context: Option<Value>,
}

/// Someone a call is for, or is handed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// The member of the identity set: `user`, `phone`, `application` or `applicationInstance`.
    pub(crate) kind: &'static str,
    pub(crate) id: String,
    pub(crate) name: Option<String>,
}

impl Target {
    pub(crate) fn is_phone(&self) -> bool {
        self.kind == "phone"
    }
}

/// A body with its limits.
pub(crate) trait Ask: DeserializeOwned {
    /// The first limit that is not kept, in words.
    fn fault(&self) -> Option<String>;
}

/// Reads a body; an absent one counts as empty.
pub(crate) fn read<A: Ask>(body: Option<&Value>) -> Result<A, Refusal> {
    let mut body = body.cloned().unwrap_or_else(|| json!({}));
    if let Some(members) = body.as_object_mut() {
        members.remove("@odata.type");
    }
    let ask: A = serde_json::from_value(body).map_err(|e| Refusal::invalid(e.to_string()))?;
    match ask.fault() {
        Some(fault) => Err(Refusal::invalid(fault)),
        None => Ok(ask),
    }
}

impl Ask for Answer {
    fn fault(&self) -> Option<String> {
        let MediaConfig::ServiceHosted { pre_fetch_media } = &self.media_config;
        callback_fault(Some(&self.callback_uri))
            .or_else(|| {
                let silent = !self.accepted_modalities.contains(&Modality::Audio);
                silent.then(|| "acceptedModalities must have audio".to_owned())
            })
            .or_else(|| pre_fetch_media.iter().flatten().find_map(media_fault))
    }
}

impl Ask for Reject {
    fn fault(&self) -> Option<String> {
        callback_fault(self.callback_uri.as_deref())
    }
}

impl Redirect {
    pub(crate) fn targets(&self) -> Vec<Target> {
        self.targets.iter().filter_map(|target| target.who().ok()).collect()
    }
}

impl Ask for Redirect {
    fn fault(&self) -> Option<String> {
        if !(1..=25).contains(&self.targets.len()) {
            return Some("targets must have 1 to 25 members".to_owned());
        }
        if self.timeout.is_some_and(|timeout| !(15..=90).contains(&timeout)) {
            return Some("timeout must be 15 to 90 seconds".to_owned());
        }
        let faults = self.targets.iter().find_map(|target| target.who().err());
        faults.or_else(|| callback_fault(self.callback_uri.as_deref()))
    }
}

impl Ask for PlayPrompt {
    fn fault(&self) -> Option<String> {
        if !(1..=20).contains(&self.prompts.len()) {
            return Some("prompts must have 1 to 20 members".to_owned());
        }
        prompts_fault(&self.prompts).or_else(|| context_fault(self.client_context.as_ref()))
    }
}

impl Ask for RecordResponse {
    fn fault(&self) -> Option<String> {
        if self.prompts.len() > 1 {
            return Some("prompts must have 1 member at most".to_owned());
        }
        let spans = [
            ("initialSilenceTimeoutInSeconds", self.initial_silence),
            ("maxSilenceTimeoutInSeconds", self.max_silence),
            ("maxRecordDurationInSeconds", self.max_duration),
        ];
        let wrong = spans.iter().find(|(_, span)| !(1..=120).contains(span));
        if let Some((name, _)) = wrong {
            return Some(format!("{name} must be 1 to 120"));
        }
        let is_tone = |tone: &String| tone.len() == 1 && tone.chars().all(is_key);
        if !self.stop_tones.iter().all(is_tone) {
            return Some("stopTones are single characters, 0 to 9, * and #".to_owned());
        }
        prompts_fault(&self.prompts).or_else(|| context_fault(self.client_context.as_ref()))
    }
}

impl Ask for Plain {
    fn fault(&self) -> Option<String> {
        context_fault(self.client_context.as_ref())
    }
}

impl Ask for SendDtmfTones {
    fn fault(&self) -> Option<String> {
        if self.tones.is_empty() {
            return Some("tones must not be empty".to_owned());
        }
        if !(0..=60_000).contains(&self.delay_ms) {
            return Some("delayBetweenTonesMs must be 0 to 60000".to_owned());
        }
        context_fault(self.client_context.as_ref())
    }
}

impl Transfer {
    pub(crate) fn target(&self) -> Result<Target, Refusal> {
        self.transfer_target.who().map_err(Refusal::invalid)
    }

    /// Consultative: the target is already talking to the bot in another call.
    pub(crate) fn is_consultative(&self) -> bool {
        self.transfer_target.replaces_call_id.is_some()
    }
}

impl Ask for Transfer {
    fn fault(&self) -> Option<String> {
        self.transfer_target.who().err()
    }
}

impl Invitation {
    /// The one identity of the set.
    fn who(&self) -> Result<Target, String> {
        const KINDS: [&str; 4] = ["user", "phone", "application", "applicationInstance"];
        let given: Vec<_> = KINDS.iter().filter_map(|kind| Some((*kind, self.identity[*kind]["id"].as_str()?))).collect();
        match given.as_slice() {
            [("phone", id)] if !id.starts_with('+') => Err("a phone identity's id must be a number as in E.164".to_owned()),
            [(kind, id)] if !id.is_empty() => {
                let name = self.identity[*kind]["displayName"].as_str().map(str::to_owned);
                Ok(Target { kind, id: (*id).to_owned(), name })
            }
            _ => Err("identity must have exactly one of user, phone, application and applicationInstance, with an id".to_owned()),
        }
    }
}

fn prompts_fault(prompts: &[Prompt]) -> Option<String> {
    prompts.iter().find_map(|Prompt::Media { media_info }| media_fault(media_info))
}

fn media_fault(media: &MediaInfo) -> Option<String> {
    let is_web = Url::parse(&media.uri).is_ok_and(|uri| matches!(uri.scheme(), "http" | "https"));
    (!is_web).then(|| "mediaInfo.uri must be an absolute http or https address".to_owned())
}

fn context_fault(context: Option<&String>) -> Option<String> {
    let is_long = context.is_some_and(|context| context.chars().count() > 256);
    is_long.then(|| "clientContext must have 256 characters at most".to_owned())
}

/// Graph takes only https; loopback is let through, since that is where this platform lives.
fn callback_fault(uri: Option<&str>) -> Option<String> {
    let is_good = |uri: &str| {
        Url::parse(uri).is_ok_and(|uri| match uri.scheme() {
            "https" => true,
            "http" => matches!(uri.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")),
            _ => false,
        })
    };
    let is_bad = uri.is_some_and(|uri| !is_good(uri));
    is_bad.then(|| "callbackUri must be an https address".to_owned())
}

fn five() -> i64 {
    5
}

fn yes() -> bool {
    true
}
