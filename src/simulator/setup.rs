//! What a simulated platform is told before it starts.

use std::collections::BTreeMap;

use super::{contact::Contact, meeting::Meeting};

/// The roles that an administrator usually consents to.
pub const ROLES: [&str; 4] = ["Calls.AccessMedia.All", INITIATE, INITIATE_GROUP, JOIN_GROUP];

/// Lets the bot call one person.
pub(crate) const INITIATE: &str = "Calls.Initiate.All";
/// Lets the bot call several, and invite.
pub(crate) const INITIATE_GROUP: &str = "Calls.InitiateGroupCall.All";
/// Lets the bot join meetings, and do with participants.
pub(crate) const JOIN_GROUP: &str = "Calls.JoinGroupCall.All";

/// The bot, its people and the seeds: the whole configuration of a [`World`](super::world::World).
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// Whom the bot can ring, by object id, number or instance id in any case; `*` is everyone who is not named. Who is neither
    /// answers after 3 s and listens.
    pub contacts: BTreeMap<String, Contact>,
    /// The meetings that there are.
    pub meetings: Vec<Meeting>,
    /// The application instances (resource accounts) that are the bot's; where none is named, all are.
    pub instances: Vec<String>,
    /// How many calls the bot may have at once, beyond which it can place none.
    pub most_calls: usize,
    /// The application roles that the bot was granted in Graph. A running simulator takes them from its consent.
    pub roles: Vec<String>,
    /// How several prompts of one request are played.
    pub several_prompts: SeveralPrompts,
}

/// How several prompts of one request are played. Nobody here has seen the real platform do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SeveralPrompts {
    /// In their order, without a gap, and one end is told: as it is documented.
    #[default]
    AsOne,
    /// The end of each is told.
    ToldApart,
    /// There are two seconds between them.
    WithGaps,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            app_id: String::new(),
            tenant: String::new(),
            webhook: String::new(),
            base_url: String::new(),
            captions: BTreeMap::new(),
            mishaps: None,
            seed: 0,
            legacy_first: false,
            contacts: BTreeMap::new(),
            meetings: Vec::new(),
            instances: Vec::new(),
            most_calls: 100,
            roles: ROLES.map(str::to_owned).into(),
            several_prompts: SeveralPrompts::AsOne,
        }
    }
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
