//! What a turn may reach.

use std::sync::Arc;

use crate::{
    access::Access,
    call::{CallbackSecret, Secrets, Terms},
    clock::Clock,
    config::{Dialling, Limits},
    flow::Flow,
    flows::Flows,
    graph::{client::Graph, sender::Sender},
    hooks::Hooks,
    later::Later,
    media::recordings::RecordingStore,
    store::CallStore,
    telemetry::Telemetry,
};

/// The world of one process. Made once, shared by all that it does.
pub struct App {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// The calls.
    pub store: Arc<dyn CallStore>,
    /// The call flows.
    pub flows: Flows,
    /// Graph, to ask things of.
    pub graph: Graph,
    /// The operator's own servers, to ask and to tell.
    pub hooks: Hooks,
    /// Who may tell us things.
    pub sender: Sender,
    /// What is to happen later.
    pub later: Arc<dyn Later>,
    /// Where recordings are kept.
    pub recordings: Arc<dyn RecordingStore>,
    /// What traces and metrics are told to.
    pub telemetry: Telemetry,
    /// What seals the secrets that callers type.
    pub secrets: Secrets,
    /// Limits.
    pub limits: Limits,
    /// Whom the bot may call, and how much of that there may be.
    pub dialling: Dialling,
    /// The bot's home tenant, in which it places calls.
    pub home_tenant: String,
    /// The tenants that are served.
    pub tenants: Vec<String>,
    /// Who may use `/api/calls`.
    pub access: Access,
    /// A Functions host guards the routes that are not for everyone.
    pub is_under_host: bool,
}

impl App {
    /// What a new call of a tenant is told, on a flow.
    pub fn terms(&self, tenant: &str, flow: &Flow) -> Terms {
        Terms {
            tenant: tenant.to_owned(),
            flow: flow.name.clone(),
            flow_version: flow.version.clone(),
            secret: CallbackSecret::new(random_bits()),
            max_minutes: self.limits.call_max_minutes,
            kept_for_s: self.limits.call_retention_days * 86_400,
        }
    }
}

/// 128 bits that nobody can guess.
pub fn random_bits() -> u128 {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("an operating system that gives no random bytes cannot keep a secret");
    u128::from_ne_bytes(bytes)
}
