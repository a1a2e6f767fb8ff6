//! What a simulated platform is told before it starts.

use std::collections::BTreeMap;

/// The bot, its people and the seeds: the whole configuration of a [`World`](super::world::World).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Setup {
    /// The bot's application id, the target of incoming calls.
    pub app_id: String,
    /// The tenant of the people and of the bot.
    pub tenant: String,
    /// The bot's registered calling webhook, a URL.
    pub webhook: String,
    /// Our own base URL, without a slash at its end; recordings are at `{base_url}/recordings/{random}`.
    pub base_url: String,
    /// What a person hears in a prompt, by the lower-case hex SHA-256 of the WAV's bytes.
    pub captions: BTreeMap<String, Caption>,
    /// The seed of mishaps; `None` is a kind platform.
    pub mishaps: Option<u64>,
    /// The seed of ids, tokens, voices and habits of speech.
    pub seed: u64,
    /// Whether the first post of a call has the legacy Skype shape, until the bot answers it with 204.
    pub legacy_first: bool,
}

/// A prompt as a person hears it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Caption {
    /// Its name in the call flow.
    pub name: String,
    /// What is said.
    pub words: String,
}

impl Caption {
    /// What a person hears of the call's own recordings: the first is 1.
    pub fn of_recording(nth: u32) -> Self {
        Self { name: format!("recording {nth}"), words: "What the caller has said.".to_owned() }
    }
}
