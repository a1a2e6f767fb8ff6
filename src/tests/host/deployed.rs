//! The app as it is deployed: a host, the handler under it, a simulated Teams, a short flow.

use std::{
    fs, io,
    os::unix::fs::symlink,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use reqwest::{Client, redirect};
use serde_json::Value;
use switchboard::{
    app::random_bits,
    flows::Shelf,
    functions::FUNCTIONS,
    queues::{poison_queue_of, queue_of},
    simulator::{
        clock::Clock,
        contact, script,
        server::{Options as TeamsOptions, Running, Simulator},
        setup::Setup,
    },
    stage::{APP_ID, Scene, TENANT, captions, environment},
};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinSet};

use super::{
    declared::AppSettings,
    passing::deal,
    running::{Host, Options, Role},
    script_root::ScriptRoot,
    throttling::throttle,
};
use crate::{
    cosmos::emulator::{self, Emulator},
    journeys::journey::shipped_flows,
    queues::storage::StorageServer,
};

/// How long a call may take to come to rest.
const REST_WITHIN: Duration = Duration::from_secs(50);

/// What would open `/api/calls` where no host guards it.
pub(crate) const SETTINGS_KEY: &str = "a-key-in-the-settings";

/// How long between two looks at a call.
const LOOK_EACH: Duration = Duration::from_millis(50);

/// A flow that takes two seconds where nobody thinks: a greeting, one key, goodbye.
const FLOW: &str = r#"
start = "greeting"
prompts = { greeting = { text = "Hello." }, choose = { text = "Press 1." }, goodbye = { text = "Goodbye." } }

[steps.greeting]
do = "play"
prompt = "greeting"
then = "choose"

[steps.choose]
do = "menu"
prompt = "choose"
timeout = "{menu_s}s"
keys = { 1 = "goodbye" }
no_input = { attempts = 3, then = "end" }
no_match = { attempts = 1, then = "end" }

[steps.goodbye]
do = "play"
prompt = "goodbye"
then = "end"

[steps.end]
do = "hang_up"
"#;

/// What the caller of that flow does.
const CALLER: &str = r#"
does = [{ hears = "greeting" }, { hears = "choose", presses = "1", after = "200ms" }, { hears = "goodbye" }]
ends = { by = "bot" }
"#;

/// An app that is deployed, until dropped.
pub(crate) struct Deployed {
    /// The simulated Teams.
    pub(crate) teams: Running,
    /// Its instances.
    pub(crate) hosts: Vec<Host>,
    /// The account with its queues.
    pub(crate) storage: Arc<StorageServer>,
    /// The account with its calls, where they are in Cosmos DB.
    pub(crate) cosmos: Option<Emulator>,
    /// Where it takes requests, which are dealt to the instances that take HTTP.
    pub(crate) url: String,
    /// What opens functions that ask for a key.
    pub(crate) key: String,
    /// By what the simulated Entra knows the bot.
    pub(crate) secret: String,
    /// For requests.
    pub(crate) client: Client,
    _fronts: JoinSet<()>,
    _root: ScriptRoot,
    _folder: TempDir,
}

/// How a deployment differs from the plain one: one instance, on a file of its own, in a kind world.
pub(crate) struct Terms<'a> {
    /// The instances.
    pub(crate) roles: &'a [Role],
    /// Calls are kept in Cosmos DB; several instances cannot share a file.
    pub(crate) is_on_cosmos: bool,
    /// The seed of mishaps.
    pub(crate) mishaps: Option<u64>,
    /// App settings on top.
    pub(crate) settings: &'a [(&'a str, &'a str)],
    /// Whom the bot can ring, as the simulated Teams reads it.
    pub(crate) contacts: &'a str,
    /// A flow of the project that is there too.
    pub(crate) shipped: Option<&'a str>,
    /// When housekeeping runs.
    pub(crate) schedule: &'a str,
    /// At this death of a handler its host gives up.
    pub(crate) deaths_borne: usize,
    /// How long the menu waits for a key, in seconds.
    pub(crate) menu_s: u32,
    /// Graph asks for so many seconds when it shall play something for the first time.
    pub(crate) throttled_s: Option<u64>,
    /// It is published: the package, as it was unpacked from its archive, with the flow in it.
    pub(crate) is_published: bool,
}

impl Default for Terms<'_> {
    fn default() -> Self {
        let (roles, schedule) = (&[Role::All], "0 * * * * *");
        Self {
            roles,
            is_on_cosmos: false,
            mishaps: None,
            settings: &[],
            contacts: "",
            shipped: None,
            schedule,
            deaths_borne: 3,
            menu_s: 10,
            throttled_s: None,
            is_published: false,
        }
    }
}

impl Deployed {
    /// Deploys the app, and waits until every handler is up.
    pub(crate) async fn new(terms: Terms<'_>) -> Self {
        let folder = tempfile::tempdir().expect("a folder for a test");
        let mut scene = Scene::new(folder.path().join("flows"), "desk", folder.path());
        write_flow(&scene.flows, terms.menu_s).expect("the flow of a test");
        if let Some(flow) = terms.shipped {
            symlink(shipped_flows().join(flow), scene.flows.join(flow)).expect("another flow for a test");
        }
        (scene.clock, scene.mishaps) = (Clock::real(), terms.mishaps);
        scene.contacts = contact::parse(terms.contacts).expect("the people of a test");
        let (front, url) = listener().await;
        let (secret, key) = (format!("{:032x}", random_bits()), format!("{:032x}", random_bits()));
        let teams = start_teams(&scene, &url, &secret).await;
        let storage = Arc::new(StorageServer::provisioned().await);
        let cosmos = if terms.is_on_cosmos { Some(Emulator::start().await) } else { None };
        let mut settings = environment(&scene, &url, teams.base_url(), &secret, SETTINGS_KEY);
        settings.push(("AzureWebJobsStorage", storage.connection_string()));
        settings.extend(cosmos.iter().flat_map(kept_in));
        let client = Client::builder().no_proxy().redirect(redirect::Policy::none()).build().expect("a client");
        let mut fronts = JoinSet::new();
        if let Some(seconds) = terms.throttled_s {
            let (graph, url) = listener().await;
            fronts.spawn(throttle(graph, client.clone(), teams.base_url().to_owned(), seconds));
            settings.push(("GRAPH_BASE_URL", format!("{url}/v1.0")));
        }
        let on_top = terms.settings.iter().map(|(name, value)| (*name, (*value).to_owned()));
        let settings = settings.into_iter().chain(on_top).map(|(name, value)| (name.to_owned(), value)).collect();
        let root = match terms.is_published {
            true => ScriptRoot::published(&scene.flows),
            false => ScriptRoot::of_the_project().and_then(|root| root.with_schedule("housekeeping", terms.schedule)),
        };
        let root = root.expect("the project can be staged");
        let (hosts, instances) = start_hosts(&root, &settings, &key, &storage, &terms).await;
        fronts.spawn(deal(front, client.clone(), instances));
        Self { teams, hosts, storage, cosmos, url, key, secret, client, _fronts: fronts, _root: root, _folder: folder }
    }

    /// The one instance.
    pub(crate) fn host(&self) -> &Host {
        &self.hosts[0]
    }

    /// Waits until the calls can be kept.
    pub(crate) async fn ready(&self) {
        for host in &self.hosts {
            let is_ready = async || {
                let reply = self.client.get(format!("{}/api/health", host.handler_url())).send().await;
                reply.is_ok_and(|reply| reply.status().is_success())
            };
            while !is_ready().await {
                tokio::time::sleep(LOOK_EACH).await;
            }
        }
    }

    /// Somebody rings, and does what [`CALLER`] says; yields the call.
    pub(crate) fn ring(&self) -> String {
        self.ring_as(CALLER)
    }

    /// Somebody rings, and does what a script says; yields the call.
    pub(crate) fn ring_as(&self, script: &str) -> String {
        self.teams.ring(script::parse(script).expect("the script of a test"))
    }

    /// Everything on the poison queues.
    pub(crate) fn poisoned(&self) -> Vec<String> {
        FUNCTIONS.iter().flat_map(|function| self.storage.get_messages(&poison_queue_of(&queue_of(function.name)))).collect()
    }

    /// Waits until a call is over for everyone; yields it as the bot shows it.
    ///
    /// # Panics
    /// Where that takes too long.
    pub(crate) async fn rest(&self, call: &str) -> Value {
        match self.rest_by(call, Instant::now() + REST_WITHIN).await {
            Ok(shown) => shown,
            Err(shown) => panic!("the call does not come to rest: {:#?} {shown:#}", self.teams.observed(call)),
        }
    }

    /// Waits until a call is over for everyone; yields it as the bot shows it, as an error where it is not over in time.
    pub(crate) async fn rest_by(&self, call: &str, by: Instant) -> Result<Value, Value> {
        // Where it is not, the bot shows the call as it stands.
        let _ = tokio::time::timeout_at(by.into(), self.teams.settled(call)).await;
        loop {
            let shown = self.show(call).await;
            let owes_nothing = shown["owed"].as_array().is_some_and(Vec::is_empty);
            match shown["outcome"].is_string() && owes_nothing {
                true => return Ok(shown),
                false if Instant::now() > by => return Err(shown),
                false => tokio::time::sleep(LOOK_EACH).await,
            }
        }
    }

    /// A call as the bot shows it; null where it shows none.
    pub(crate) async fn show(&self, call: &str) -> Value {
        self.get(&format!("/api/calls/{call}")).await
    }

    /// What is shown at a path to whoever has a key; null where nothing is.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let request = self.client.get(format!("{}{path}", self.url)).header("x-functions-key", &self.key);
        match request.send().await {
            Ok(response) if response.status().is_success() => response.json().await.unwrap_or_default(),
            _ => Value::Null,
        }
    }
}

/// The settings of an app whose calls are in Cosmos DB.
fn kept_in(cosmos: &Emulator) -> [(&'static str, String); 3] {
    [("STATE_STORE", "cosmos".to_owned()), ("COSMOS_ENDPOINT", cosmos.url()), ("COSMOS_KEY", emulator::KEY.to_owned())]
}

/// Starts a host for each role; yields them all, and where those that take HTTP take it.
async fn start_hosts(
    root: &ScriptRoot,
    settings: &AppSettings,
    key: &str,
    storage: &Arc<StorageServer>,
    terms: &Terms<'_>,
) -> (Vec<Host>, Vec<String>) {
    let (mut hosts, mut instances) = (Vec::new(), Vec::new());
    for role in terms.roles {
        let (listener, instance) = listener().await;
        let options = Options {
            root: root.path(),
            settings: settings.clone(),
            role: *role,
            key: key.to_owned(),
            listener,
            storage: Arc::clone(storage),
            deaths_borne: terms.deaths_borne,
        };
        hosts.push(Host::start(options).await.expect("the app can be hosted"));
        if matches!(role, Role::All | Role::Http) {
            instances.push(instance);
        }
    }
    for host in &hosts {
        assert!(host.is_up().await, "the handler comes up");
    }
    (hosts, instances)
}

/// A listener on any free port, and its URL.
async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port for a test");
    let url = format!("http://{}", listener.local_addr().expect("a bound port has an address"));
    (listener, url)
}

async fn start_teams(scene: &Scene, bot_url: &str, secret: &str) -> Running {
    let shelf = Shelf::read(&scene.flows).expect("the flow of a test is right");
    let setup = Setup {
        app_id: APP_ID.to_owned(),
        tenant: TENANT.to_owned(),
        webhook: format!("{bot_url}/api/notifications"),
        captions: captions(&shelf),
        mishaps: scene.mishaps,
        seed: scene.seed,
        contacts: scene.contacts.clone(),
        ..Setup::default()
    };
    Simulator::start(TeamsOptions::new(setup, secret.to_owned().into())).await.expect("a simulated Teams")
}

/// Writes the flow `desk` with its prompts, a fifth of a second each and no two alike.
fn write_flow(flows: &Path, menu_s: u32) -> io::Result<()> {
    let prompts = flows.join("desk/prompts");
    fs::create_dir_all(&prompts)?;
    fs::write(flows.join("desk/flow.toml"), FLOW.replace("{menu_s}", &menu_s.to_string()))?;
    for (name, height) in [("greeting", 900_i16), ("choose", 1_100), ("goodbye", 1_300)] {
        write_wav(&prompts.join(format!("{name}.wav")), height).map_err(io::Error::other)?;
    }
    Ok(())
}

fn write_wav(path: &Path, height: i16) -> Result<(), hound::Error> {
    let spec = hound::WavSpec { channels: 1, sample_rate: 16_000, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut writer = hound::WavWriter::create(path, spec)?;
    (0..3_200).try_for_each(|n| writer.write_sample(if n % 40 < 20 { height } else { -height }))?;
    writer.finalize()
}
