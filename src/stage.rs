//! The whole bot and a simulated Teams, set up together in this process: what `switchboard dial` and the journeys play on.
//!
//! The bot is the real one, reached over real HTTP with really signed notifications. It only sees other base URLs and another clock.

use std::{
    collections::BTreeMap,
    io,
    net::{self, Ipv4Addr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use tokio::{
    net::TcpListener,
    runtime::{self, Runtime},
};

use crate::{
    app::{App, random_bits},
    call::{Call, CallKey},
    clock::{self, Awake, after_ms},
    config::{SettingError, Settings},
    flows::Shelf,
    server::{Program, StartError, open_store},
    simulator::{
        clock::{Clock, Hold},
        contact::Contact,
        keys::Keys,
        meeting::Meeting,
        server::{Options, Running, Simulator},
        setup::{Caption, Setup, SeveralPrompts},
    },
    store::{CallStore, StoreError},
};

/// The bot's application in the simulated Entra.
pub const APP_ID: &str = "a94f0e3d-6c82-4b17-9d05-2e7b8c1f4a60";

/// The tenant of the bot and of everyone who calls it.
pub const TENANT: &str = "6f1d2c3b-4a59-4e68-8b7c-9d0e1f2a3b4c";

/// What seals secrets on every stage: always the same, so that a hash in a flow under test is too. Of no use to a real bot.
pub const SECRETS_KEY: &str = "c3RhZ2VzLWFsb25lLnN0YWdlcy1hbG9uZS5zdGFnZXM=";

/// The key that signs what the bot on the stage sends to hooks, as `WEBHOOK_SECRET` has it.
pub const WEBHOOK_SECRET: &str = "whsec_c3RhZ2VkIGhvb2tzIGhlYXIgb25seSBmcmllbmRzLg==";

/// How long a call may take to come to rest after its end, in seconds of the stage's clock.
const REST_WITHIN_S: usize = 300;

/// How long the end of the bot's tasks is waited for. They end where they wait next, so that this is never reached.
const ENDS_WITHIN: Duration = Duration::from_secs(10);

/// How deep the bot's threads may go, in bytes: built without any optimising, a turn goes deeper than threads usually may.
const STACK_BYTES: usize = 8 * 1024 * 1024;

/// What is put on the stage.
pub struct Scene {
    /// The folder of flows.
    pub flows: PathBuf,
    /// Which flow takes the calls, as `INCOMING_FLOW` has it.
    pub incoming_flow: String,
    /// Where hooks are, by name; those that are not named here are where their flow says.
    pub hooks: BTreeMap<String, String>,
    /// The file of calls.
    pub calls: PathBuf,
    /// The folder of recordings.
    pub recordings: PathBuf,
    /// The seed of mishaps; `None` is a kind platform.
    pub mishaps: Option<u64>,
    /// The seed of ids and voices.
    pub seed: u64,
    /// The clock: virtual, or the machine's own.
    pub clock: Clock,
    /// The bot's port and the simulated Teams' port on 127.0.0.1; 0 is any that is free.
    pub ports: (u16, u16),
    /// The first post of each call has the shape of the older API.
    pub legacy_first: bool,
    /// The keys that sign notifications; fresh ones if none are given, which costs some 50 ms.
    pub keys: Option<Keys>,
    /// Whom the bot can ring, as [`Setup::contacts`] has them.
    pub contacts: BTreeMap<String, Contact>,
    /// The meetings that there are.
    pub meetings: Vec<Meeting>,
    /// How several prompts of one request are played.
    pub several_prompts: SeveralPrompts,
    /// Settings of the bot, beside or in place of those that the stage gives it.
    pub settings: BTreeMap<&'static str, String>,
}

impl Scene {
    /// A kind platform in virtual time, with everything kept under one folder.
    pub fn new(flows: PathBuf, flow: &str, data: &std::path::Path) -> Self {
        Self {
            flows,
            incoming_flow: format!("default={flow}"),
            hooks: BTreeMap::new(),
            calls: data.join("calls.redb"),
            recordings: data.join("recordings"),
            mishaps: None,
            seed: 1,
            clock: Clock::virtual_from(Timestamp::now()),
            ports: (0, 0),
            legacy_first: false,
            keys: None,
            contacts: BTreeMap::new(),
            meetings: Vec::new(),
            several_prompts: SeveralPrompts::AsOne,
            settings: BTreeMap::new(),
        }
    }
}

/// Why the stage cannot be set.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// The bot cannot start.
    #[error(transparent)]
    Bot(#[from] StartError),
    /// The bot's settings are wrong.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Settings(Vec<SettingError>),
    /// Another program listens on a port.
    #[error("port {0} is taken")]
    PortTaken(u16),
    /// The bot cannot listen.
    #[error("port {0} cannot be listened on: {1}")]
    Port(u16, io::Error),
    /// The bot cannot run, or cannot be stopped.
    #[error("the bot cannot run: {0}")]
    Process(#[from] io::Error),
    /// The simulated Teams cannot start.
    #[error("the simulated Teams cannot start: {0}")]
    Teams(io::Error),
}

/// The bot and a simulated Teams, until dropped.
pub struct Stage {
    /// The simulated Teams.
    pub teams: Running,
    /// The bot, from inside.
    pub app: Arc<App>,
    /// Where the bot is, e.g. `http://127.0.0.1:7071`.
    pub bot_url: String,
    /// What opens the bot's `/api/calls`.
    pub api_key: String,
    settings: Settings,
    /// All tasks of the bot and none of anyone else's, so that they can be ended together, as a process ends. Always there but
    /// for a moment of a restart.
    bot: Option<Runtime>,
}

impl Stage {
    /// Sets the stage, with the calls in the file that the scene names.
    ///
    /// # Errors
    /// [`StageError`] where something is wrong with the flows or a port is taken.
    pub async fn set(scene: Scene) -> Result<Self, StageError> {
        Self::with(scene, |store| store).await
    }

    /// Sets the stage, with something put before the store, e.g. to watch what is written.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub async fn with(scene: Scene, front: impl FnOnce(Arc<dyn CallStore>) -> Arc<dyn CallStore>) -> Result<Self, StageError> {
        Self::opening(scene, |settings| Ok(front(open_store(settings)?))).await
    }

    /// Sets the stage on a store of one's own, whatever file the scene names.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub async fn on(scene: Scene, store: Arc<dyn CallStore>) -> Result<Self, StageError> {
        Self::opening(scene, |_| Ok(store)).await
    }

    async fn opening(
        scene: Scene,
        open: impl FnOnce(&Settings) -> Result<Arc<dyn CallStore>, StartError>,
    ) -> Result<Self, StageError> {
        let (port, teams_port) = scene.ports;
        let unheard = |error| on_port(port, error, StageError::Port);
        let listener = net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(unheard)?;
        let bot_url = format!("http://{}", listener.local_addr().map_err(unheard)?);
        let secret = format!("{:032x}", random_bits());
        let shelf = Shelf::read(&scene.flows).map_err(StartError::Flows)?;
        let teams = Simulator::start(teams(&scene, &shelf, &bot_url, &secret)).await;
        let teams = teams.map_err(|error| on_port(teams_port, error, |_, error| StageError::Teams(error)))?;
        let api_key = format!("{:032x}", random_bits());
        let settings = settings(&scene, &bot_url, teams.base_url(), &secret, &api_key)?;
        let store = open(&settings)?;
        let program = Program::on(store, &settings, Arc::new(StageClock(scene.clock)))?;
        let app = Arc::clone(&program.app);
        let bot = Some(start(program, listener)?);
        Ok(Self { teams, app, bot_url, api_key, settings, bot })
    }

    /// Ends the bot in the middle of whatever it does, as a process that is killed, and starts it anew where it was: on the same
    /// store, with the flows as their folder has them now. No time passes meanwhile.
    ///
    /// # Errors
    /// As [`Self::set`]; then there is no bot any more.
    pub async fn restart(&mut self) -> Result<(), StageError> {
        let _hold = self.hold();
        if let Some(bot) = self.bot.take() {
            let ended = tokio::task::spawn_blocking(move || bot.shutdown_timeout(ENDS_WITHIN)).await;
            ended.map_err(io::Error::other)?;
        }
        let clock = StageClock(self.teams.clock().clone());
        let program = Program::on(Arc::clone(&self.app.store), &self.settings, Arc::new(clock))?;
        self.app = Arc::clone(&program.app);
        let port = self.settings.bot.base_url.as_url().port_or_known_default().unwrap_or_default();
        self.bot = Some(start(program, net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?)?);
        Ok(())
    }

    /// Starts another instance of the bot on the same store, as a host that scales out does. Graph goes on to post to the first.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub fn beside(&self) -> Result<Instance, StageError> {
        let clock = StageClock(self.teams.clock().clone());
        let program = Program::on(Arc::clone(&self.app.store), &self.settings, Arc::new(clock))?;
        let listener = net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let url = format!("http://{}", listener.local_addr()?);
        Ok(Instance { url, bot: Some(start(program, listener)?) })
    }

    /// Keeps virtual time still until dropped.
    pub fn hold(&self) -> Hold {
        self.teams.clock().hold()
    }

    /// Waits until a call is over for everyone, the bot owes nothing any more and has kept what it should; yields its document.
    ///
    /// # Errors
    /// [`StoreError`] where the bot's store cannot be read.
    pub async fn rest(&self, call: &str) -> Result<Option<Call>, StoreError> {
        self.rest_of(Some(call), call).await
    }

    /// The same, of a call that the bot knows by another name than Graph, which may not have it: one that it has placed.
    ///
    /// # Errors
    /// As [`Self::rest`].
    pub async fn rest_of(&self, call: Option<&str>, key: &str) -> Result<Option<Call>, StoreError> {
        if let Some(call) = call {
            self.teams.settled(call).await;
        }
        let Ok(key) = CallKey::parse(key) else { return Ok(None) };
        let mut last = None;
        for _ in 0..REST_WITHIN_S {
            let now = self.app.clock.now();
            last = self.app.store.load(&key, now).await?.map(|stored| stored.call);
            let is_done = |call: &Call| call.phase.is_over() && call.owed.is_empty();
            if last.as_ref().is_none_or(is_done) {
                break;
            }
            self.app.clock.sleep_until(after_ms(now, 1_000)).await;
        }
        Ok(last)
    }
}

/// Another instance of the bot, until dropped.
pub struct Instance {
    /// Where it is.
    pub url: String,
    bot: Option<Runtime>,
}

impl Drop for Instance {
    fn drop(&mut self) {
        if let Some(bot) = self.bot.take() {
            bot.shutdown_background();
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(bot) = self.bot.take() {
            bot.shutdown_background();
        }
    }
}

/// Serves the bot in a runtime of its own.
fn start(program: Program, listener: net::TcpListener) -> io::Result<Runtime> {
    listener.set_nonblocking(true)?;
    let bot = runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK_BYTES).build()?;
    let inside = bot.enter();
    bot.spawn(program.serve(TcpListener::from_std(listener)?));
    drop(inside);
    Ok(bot)
}

fn on_port(port: u16, error: io::Error, otherwise: fn(u16, io::Error) -> StageError) -> StageError {
    match error.kind() {
        io::ErrorKind::AddrInUse => StageError::PortTaken(port),
        _ => otherwise(port, error),
    }
}

/// What the simulated Teams is told.
fn teams(scene: &Scene, shelf: &Shelf, bot_url: &str, secret: &str) -> Options {
    let setup = Setup {
        app_id: APP_ID.to_owned(),
        tenant: TENANT.to_owned(),
        webhook: format!("{bot_url}/api/notifications"),
        captions: captions(shelf),
        mishaps: scene.mishaps,
        seed: scene.seed,
        legacy_first: scene.legacy_first,
        contacts: scene.contacts.clone(),
        meetings: scene.meetings.clone(),
        several_prompts: scene.several_prompts,
        ..Setup::default()
    };
    let mut options = Options::new(setup, secret.to_owned().into());
    options.clock = scene.clock.clone();
    options.port = scene.ports.1;
    options.keys.clone_from(&scene.keys);
    options
}

/// What a person hears in each prompt.
pub fn captions(shelf: &Shelf) -> BTreeMap<String, Caption> {
    let prompts = shelf.flows().flat_map(|flow| flow.every_prompt());
    prompts.map(|(name, prompt)| (prompt.sha256.clone(), Caption { name, words: prompt.text.clone() })).collect()
}

/// The bot's settings, as its environment would have them.
pub fn environment(scene: &Scene, bot_url: &str, teams_url: &str, secret: &str, api_key: &str) -> Vec<(&'static str, String)> {
    let hooks: Vec<_> = scene.hooks.iter().map(|(name, url)| format!("{name}={url}")).collect();
    vec![
        ("WEBHOOK_SECRET", WEBHOOK_SECRET.to_owned()),
        ("HOOK_URLS", hooks.join(";")),
        ("BOT_APP_ID", APP_ID.to_owned()),
        ("BOT_TENANT_ID", TENANT.to_owned()),
        ("BOT_CREDENTIAL", "secret".to_owned()),
        ("BOT_APP_SECRET", secret.to_owned()),
        ("BOT_BASE_URL", bot_url.to_owned()),
        ("GRAPH_BASE_URL", format!("{teams_url}/v1.0")),
        ("ENTRA_AUTHORITY", teams_url.to_owned()),
        ("CALLING_OPENID_METADATA", format!("{teams_url}/.well-known/openid-configuration")),
        ("STATE_STORE", format!("file:{}", scene.calls.display())),
        ("RECORDINGS", format!("file:{}", scene.recordings.display())),
        ("FLOWS_DIR", scene.flows.display().to_string()),
        ("INCOMING_FLOW", scene.incoming_flow.clone()),
        ("CALLS_API_KEY", api_key.to_owned()),
        ("SECRETS_KEY", SECRETS_KEY.to_owned()),
    ]
}

fn settings(scene: &Scene, bot_url: &str, teams_url: &str, secret: &str, api_key: &str) -> Result<Settings, StageError> {
    let mut environment: BTreeMap<_, _> = environment(scene, bot_url, teams_url, secret, api_key).into_iter().collect();
    environment.extend(scene.settings.clone());
    Settings::read(|name| environment.get(name).cloned()).map_err(StageError::Settings)
}

/// The stage's clock, as the bot reads it.
struct StageClock(Clock);

impl clock::Clock for StageClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn sleep_until(&self, at: Timestamp) -> clock::Sleep {
        let sleep = self.0.sleep_until(at);
        Box::pin(async move { Box::new(sleep.await) as Awake })
    }
}
