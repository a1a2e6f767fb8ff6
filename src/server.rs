//! The program: put together from its settings, and served.

mod telemetry;

use std::{panic::resume_unwind, path::PathBuf, sync::Arc, thread};

use azure_core::http::Transport;
use tokio::{net::TcpListener, sync::mpsc::UnboundedReceiver};

use crate::{
    access::{Access, TokenOptions},
    app::App,
    azure::managed_identity,
    call::Secrets,
    clock::Clock,
    config::{Bot, Credential, Recordings as RecordingsAt, Settings, StateStore},
    flow::Finding,
    flows::{FlowError, Flows, Shelf},
    functions::routes,
    graph::{
        client::Graph,
        entra::{self, Entra},
        http,
        request::BotUrls,
        sender::{Sender, SenderOptions},
        token::Tokens,
        transport::HttpTransport,
    },
    hooks::Hooks,
    later::{Brought, Later, OneWake, Timers},
    media::{
        self,
        recordings::{BlobRecordings, RecordingStore, Recordings},
    },
    one_machine,
    queues::{QueueError, Queues},
    store::{CallStore, Cosmos, Embedded, OpenError, Traced},
    telemetry::Telemetry,
};

/// Why the program cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The environment says of a managed identity what cannot be.
    #[error("BOT_CREDENTIAL: the managed identity cannot be asked: {0}")]
    Identity(azure_core::Error),
    /// The environment says of the managed identity that writes telemetry what cannot be.
    #[error("APPLICATIONINSIGHTS_AUTHENTICATION_STRING: the managed identity cannot be asked: {0}")]
    Writer(azure_core::Error),
    /// Application Insights cannot be written to.
    #[error("APPLICATIONINSIGHTS_CONNECTION_STRING: {0}")]
    Insights(String),
    /// A flow that a call may get, or one that it goes on with, collects a secret, and nothing could seal it.
    #[error("SECRETS_KEY: flow {0} collects a secret; set it to what `openssl rand -base64 32` prints")]
    NoSecretsKey(String),
    /// The flows have faults.
    #[error("the flows in FLOWS_DIR have faults; `switchboard check` shows them:\n{}", lines(.0))]
    Flows(Vec<Finding>),
    /// The settings name a flow that is not there.
    #[error(transparent)]
    Flow(#[from] FlowError),
    /// The file of STATE_STORE cannot be opened.
    #[error("STATE_STORE: {0}")]
    Store(#[from] OpenError),
    /// The queues cannot be used.
    #[error("AzureWebJobsStorage: {0}")]
    Queues(#[from] QueueError),
    /// The folder of a file cannot be made.
    #[error("the folder {0} cannot be made: {1}")]
    Folder(PathBuf, std::io::Error),
    /// No HTTP client can be made.
    #[error("no HTTP client can be made: {0}")]
    Http(#[from] reqwest::Error),
}

fn lines(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The program, ready to listen.
pub struct Program {
    /// What it reaches.
    pub app: Arc<App>,
    /// What timers of this process bring; `None` where queues do.
    brought: Option<UnboundedReceiver<Brought>>,
}

impl Program {
    /// Puts the program together, on the store that the settings name.
    ///
    /// # Errors
    /// [`StartError`], which says which setting to look at.
    pub fn open(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        let (shelf, store) = thread::scope(|scope| {
            // Reading sound and reading the file of calls take about as long.
            let shelf = scope.spawn(|| Shelf::read(&settings.flows.dir));
            let store = open_store(settings);
            (shelf.join().unwrap_or_else(|panic| resume_unwind(panic)), store)
        });
        Self::with(shelf.map_err(StartError::Flows)?, store?, settings, clock)
    }

    /// Puts the program together, on a store that is open already.
    ///
    /// # Errors
    /// [`StartError`], which says which setting to look at.
    pub fn on(store: Arc<dyn CallStore>, settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        Self::with(Shelf::read(&settings.flows.dir).map_err(StartError::Flows)?, store, settings, clock)
    }

    fn with(shelf: Shelf, store: Arc<dyn CallStore>, settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        check_secrets(&shelf, settings)?;
        let http = http::client(settings.cloud.graph_base_url.as_url())?;
        let telemetry = telemetry::open(&settings.telemetry, &http)?;
        let store = told_of(store, settings, &telemetry);
        let (later, brought) = open_later(settings, Arc::clone(&clock))?;
        let app = App {
            flows: Flows::new(shelf, settings.flows.incoming.clone(), Arc::clone(&store))?,
            graph: open_graph(settings, http.clone(), Arc::clone(&clock))?,
            hooks: Hooks::new(&settings.hooks, settings.bot.base_url.as_str(), Arc::clone(&clock)),
            sender: open_sender(settings, http.clone(), Arc::clone(&clock)),
            later,
            recordings: open_recordings(settings, Arc::clone(&clock)),
            telemetry,
            secrets: settings.secrets_key.as_ref().map(|key| Secrets::new(key.expose())).unwrap_or_default(),
            limits: settings.limits,
            dialling: settings.dialling.clone(),
            home_tenant: settings.bot.tenant_id.clone(),
            tenants: settings.bot.allowed_tenants.clone(),
            access: open_access(settings, http.clone(), Arc::clone(&clock)),
            is_under_host: settings.server.is_under_host,
            store,
            clock,
        };
        Ok(Self { app: Arc::new(app), brought })
    }

    /// Answers requests until dropped. What can be made ready beforehand is made ready meanwhile, so that no caller waits for it.
    pub async fn serve(self, listener: TcpListener) {
        let Self { app, brought } = self;
        if app.store.is_ours_alone() {
            // Before anybody of this process is at a call.
            one_machine::take_over(&app).await;
        }
        tokio::spawn(warm(Arc::clone(&app)));
        if let Some(brought) = brought {
            one_machine::bring(Arc::clone(&app), brought);
        }
        if !app.is_under_host {
            one_machine::keep_house(Arc::clone(&app));
        }
        warp::serve(routes(app)).incoming(listener).run().await
    }
}

/// A secret must never be held in the clear, so a flow that collects one cannot do without the key. One that no call gets to
/// collects none, and may lie beside the others.
fn check_secrets(shelf: &Shelf, settings: &Settings) -> Result<(), StartError> {
    match shelf.asking_for_a_secret(&settings.flows.incoming) {
        Some(flow) if settings.secrets_key.is_none() => Err(StartError::NoSecretsKey(flow.name.clone())),
        _ => Ok(()),
    }
}

/// Fetches what the first call will need.
async fn warm(app: Arc<App>) {
    let (flows, keys) = tokio::join!(app.flows.pin_all(), app.sender.warm());
    if let Err(error) = flows {
        tracing::warn!("the flows are not stored yet: {error}");
    }
    if let Err(error) = keys {
        tracing::warn!("the keys of the calling platform are not known yet: {error}; look at CALLING_OPENID_METADATA");
    }
}

/// Opens the store that the settings name. Cosmos DB is connected to in the background, so it wants a tokio runtime around it.
///
/// # Errors
/// [`StartError`] where that cannot be done.
pub fn open_store(settings: &Settings) -> Result<Arc<dyn CallStore>, StartError> {
    match &settings.keeping.state_store {
        StateStore::File(path) => {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).map_err(|error| StartError::Folder(folder.to_owned(), error))?;
            }
            Ok(Arc::new(Embedded::open(path)?))
        }
        StateStore::Cosmos(account) => Ok(Arc::new(Cosmos::open(account.clone()))),
    }
}

/// What Cosmos DB is asked is worth telling; a file of this machine is not.
fn told_of(store: Arc<dyn CallStore>, settings: &Settings, telemetry: &Telemetry) -> Arc<dyn CallStore> {
    match settings.keeping.state_store {
        StateStore::Cosmos(_) if telemetry.is_on() => Arc::new(Traced::new(store, telemetry.clone())),
        _ => store,
    }
}

/// Where events are put off to, and what brings them in this process.
type Putting = (Arc<dyn Later>, Option<UnboundedReceiver<Brought>>);

/// Under a Functions host, the queues that it reads; else timers of this process, and what they bring.
fn open_later(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Putting, StartError> {
    match &settings.host_storage {
        Some(storage) if settings.server.is_under_host => {
            Ok((Arc::new(OneWake::before(Queues::open(storage, Arc::clone(&clock))?, clock)), None))
        }
        _ => {
            let (timers, brought) = Timers::new(Arc::clone(&clock));
            Ok((Arc::new(OneWake::before(timers, clock)), Some(brought)))
        }
    }
}

fn open_graph(settings: &Settings, http: reqwest::Client, clock: Arc<dyn Clock>) -> Result<Graph, StartError> {
    let tokens = open_tokens(settings, http.clone(), Arc::clone(&clock))?;
    let transport = HttpTransport::new(http, settings.cloud.graph_base_url.as_url(), tokens);
    Ok(Graph::new(Arc::new(transport), BotUrls::new(settings.bot.base_url.as_str()), clock))
}

/// Opens what asks Entra for tokens, as the settings say. Nothing is asked yet.
///
/// # Errors
/// [`StartError`], which says which setting to look at.
pub fn open_tokens(settings: &Settings, http: reqwest::Client, clock: Arc<dyn Clock>) -> Result<Tokens, StartError> {
    let credential = credential(&settings.bot, http.clone())?;
    let (authority, app_id) = (settings.cloud.entra_authority.as_str(), settings.bot.app_id.clone());
    let entra = Entra::new(http, authority, app_id, credential, settings.cloud.graph_base_url.as_url());
    Ok(Tokens::new(entra, clock))
}

fn credential(bot: &Bot, http: reqwest::Client) -> Result<entra::Credential, StartError> {
    let identity = |client_id: &String| {
        managed_identity(Some(client_id.clone()), Transport::new(Arc::new(http.clone()))).map_err(StartError::Identity)
    };
    Ok(match &bot.credential {
        Credential::Secret(secret) => entra::Credential::Secret(secret.clone()),
        Credential::ManagedIdentity { client_id } => entra::Credential::Federated(identity(client_id)?),
        Credential::ManagedIdentityDirect { client_id } => {
            entra::Credential::Direct { identity: identity(client_id)?, tenant: bot.tenant_id.clone() }
        }
    })
}

/// Opens what checks who posts, as the settings say. Nothing is fetched yet.
pub fn open_sender(settings: &Settings, http: reqwest::Client, clock: Arc<dyn Clock>) -> Sender {
    let options = SenderOptions {
        app_id: settings.bot.app_id.clone(),
        issuers: settings.cloud.calling_issuers.clone(),
        metadata_url: settings.cloud.calling_openid_metadata.as_str().to_owned(),
        allowed_tenants: settings.bot.allowed_tenants.clone(),
    };
    Sender::new(options, http, clock)
}

/// Opens what says who may use `/api/calls`. Nothing is fetched yet.
fn open_access(settings: &Settings, http: reqwest::Client, clock: Arc<dyn Clock>) -> Access {
    let access = Access::new(settings.server.is_under_host, settings.calls_api.key.clone());
    let Some(audience) = settings.calls_api.audience.clone() else { return access };
    let (authority, tenant) = (settings.cloud.entra_authority.as_str().to_owned(), settings.bot.tenant_id.clone());
    access.or_by_token(TokenOptions { authority, tenant, audience }, http, clock)
}

fn open_recordings(settings: &Settings, clock: Arc<dyn Clock>) -> Arc<dyn RecordingStore> {
    let limits = media::recordings::Limits::default();
    match &settings.keeping.recordings {
        RecordingsAt::File(folder) => Arc::new(Recordings::in_folder(folder.clone(), limits)),
        RecordingsAt::Blob(container) => Arc::new(BlobRecordings::new(container.clone(), limits, clock)),
    }
}
