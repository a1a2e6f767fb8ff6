//! The bot, put together on fakes of servers.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use switchboard::{
    access::Access,
    app::App,
    call::Secrets,
    clock::Clock,
    config::{Destination, Dialling, Settings},
    flows::{Flows, Shelf},
    graph::{
        client::Graph,
        http,
        request::BotUrls,
        sender::{Sender, SenderOptions},
        transport::Transport,
    },
    hooks::Hooks,
    later::Later,
    media::RecordingStore,
    stage::{APP_ID, TENANT},
    store::CallStore,
    telemetry::Telemetry,
};

/// Where the bot says that it is.
pub(super) const BASE_URL: &str = "https://bot.example.org";

/// The servers that a bot reaches, and its time.
pub(super) struct Servers {
    pub(super) store: Arc<dyn CallStore>,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) recordings: Arc<dyn RecordingStore>,
    pub(super) later: Arc<dyn Later>,
    pub(super) clock: Arc<dyn Clock>,
}

/// The flows that come with the program.
pub(super) fn shelf() -> Shelf {
    Shelf::read(&flows_folder()).unwrap_or_else(|findings| panic!("{findings:?}"))
}

/// A bot on these servers whose callers get the flow `first_call`.
pub(super) fn bot(servers: Servers) -> App {
    let settings = settings();
    let Servers { store, transport, recordings, later, clock } = servers;
    App {
        flows: Flows::new(shelf(), settings.flows.incoming.clone(), Arc::clone(&store)).expect("first_call is on the shelf"),
        graph: Graph::new(transport, BotUrls::new(BASE_URL), Arc::clone(&clock)),
        hooks: Hooks::new(&settings.hooks, BASE_URL, Arc::clone(&clock)),
        sender: nobody_asks(&settings, Arc::clone(&clock)),
        later,
        recordings,
        telemetry: Telemetry::default(),
        secrets: Secrets::default(),
        limits: settings.limits,
        dialling: Dialling {
            allow: vec![Destination::Users],
            per_minute: 600,
            per_month: 10_000,
            at_once: 100,
            is_stopped: false,
        },
        home_tenant: TENANT.to_owned(),
        tenants: vec![TENANT.to_owned()],
        access: Access::new(false, None),
        is_under_host: false,
        store,
        clock,
    }
}

fn flows_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("flows")
}

fn settings() -> Settings {
    let flows = flows_folder();
    let of = |name: &str| match name {
        "BOT_APP_ID" => Some(APP_ID),
        "BOT_TENANT_ID" => Some(TENANT),
        "BOT_CREDENTIAL" => Some("secret"),
        "BOT_APP_SECRET" => Some("nobody asks for it"),
        "BOT_BASE_URL" => Some(BASE_URL),
        "STATE_STORE" => Some("file:nowhere"),
        "RECORDINGS" => Some("file:nowhere"),
        "FLOWS_DIR" => flows.to_str(),
        "INCOMING_FLOW" => Some("default=first_call"),
        _ => None,
    };
    Settings::read(|name| of(name).map(str::to_owned)).unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// Senders are known here without being asked who they are.
fn nobody_asks(settings: &Settings, clock: Arc<dyn Clock>) -> Sender {
    let options = SenderOptions {
        app_id: settings.bot.app_id.clone(),
        issuers: settings.cloud.calling_issuers.clone(),
        metadata_url: settings.cloud.calling_openid_metadata.as_str().to_owned(),
        allowed_tenants: settings.bot.allowed_tenants.clone(),
    };
    let http = http::client(settings.cloud.graph_base_url.as_url()).expect("a client can be made");
    Sender::new(options, http, clock)
}
