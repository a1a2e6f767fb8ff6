//! Settings: read once, from environment variables, before anything else.
//!
//! [`SETTINGS`] lists them all. One file for each concern reads its part and says what is wrong with it; [`Settings::read`] puts the
//! parts together and reports every fault at once. A fault names the variable and shows a right value, and never repeats the
//! value it found: a secret may have been put into the wrong variable.

mod base_url;
mod bot;
mod calls_api;
mod cloud;
mod connection_string;
mod dialling;
mod hooks;
mod incoming;
mod keeping;
mod limits;
mod queues;
mod reader;
mod secrets_key;
mod server;
mod table;
mod telemetry;
#[cfg(test)]
mod tests;

pub use base_url::{BaseUrl, is_loopback, is_secure};
pub use bot::{Bot, Credential};
pub use calls_api::CallsApi;
pub use cloud::Cloud;
pub use dialling::{Destination, Dialling};
pub use hooks::{HookUrl, Hooks};
pub use incoming::{FlowNames, IncomingFlow};
pub use keeping::{BlobAccess, BlobContainer, CosmosAccess, CosmosAccount, Keeping, Recordings, StateStore};
pub use limits::Limits;
pub use queues::{HostStorage, Identity};
pub use reader::{SettingError, guid};
pub use secrets_key::SecretsKey;
pub use server::Server;
pub use table::{SETTINGS, Setting};
pub use telemetry::{ApplicationInsights, Collector, Telemetry, Writer};

use reader::Reader;

/// Everything that can be set, parsed: who holds it need check nothing again.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How the program serves and what it logs.
    pub server: Server,
    /// Who the bot is.
    pub bot: Bot,
    /// Where Graph, Entra and the calling platform are.
    pub cloud: Cloud,
    /// What is kept and where.
    pub keeping: Keeping,
    /// How long calls may last and things are kept.
    pub limits: Limits,
    /// Whom the bot may call, and how much of that there may be.
    pub dialling: Dialling,
    /// Which call flow a call gets.
    pub flows: FlowNames,
    /// Who may use `/api/calls` without a key of the host.
    pub calls_api: CallsApi,
    /// What seals the secrets that callers type; `None` where no flow collects any.
    pub secrets_key: Option<SecretsKey>,
    /// The operator's own servers, which flows ask and tell.
    pub hooks: Hooks,
    /// Where the queues are; `None` where there are none, as on one machine.
    pub host_storage: Option<HostStorage>,
    /// Where traces and metrics go.
    pub telemetry: Telemetry,
}

impl Settings {
    /// Reads the settings of this process.
    ///
    /// # Errors
    /// Every fault there is, in the order of [`SETTINGS`].
    pub fn from_env() -> Result<Self, Vec<SettingError>> {
        Self::read(|name| std::env::var(name).ok())
    }

    /// Reads the settings from any source of named values. An empty value counts as none.
    ///
    /// # Errors
    /// Every fault there is, in the order of [`SETTINGS`].
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<SettingError>> {
        let mut reader = Reader::new(&get);
        let server = Server::read(&mut reader);
        let bot = Bot::read(&mut reader);
        let cloud = Cloud::read(&mut reader);
        let host_storage = HostStorage::read(&mut reader);
        let keeping = Keeping::read(&mut reader, host_storage.as_ref());
        let limits = Limits::read(&mut reader);
        let dialling = Dialling::read(&mut reader);
        let flows = FlowNames::read(&mut reader);
        let calls_api = CallsApi::read(&mut reader);
        let secrets_key = SecretsKey::read(&mut reader);
        let hooks = Hooks::read(&mut reader);
        let telemetry = Telemetry::read(&mut reader);
        let whole = || {
            Some(Self {
                server: server?,
                bot: bot?,
                cloud: cloud?,
                keeping: keeping?,
                limits: limits?,
                dialling: dialling?,
                flows: flows?,
                calls_api,
                secrets_key,
                hooks,
                host_storage,
                telemetry,
            })
        };
        reader.finish(whole())
    }
}
