//! One instance of the bot, without its server: turns are taken by hand. Graph says yes to everything.

use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use jiff::Timestamp;
use switchboard::{
    app::App,
    call::{Address, Arrival, Call, CallKey, Event},
    clock::SystemClock,
    config::{BaseUrl, CosmosAccess, CosmosAccount, Settings},
    server::Program,
    store::Cosmos,
    turn::{Taken, deadline, take},
};
use tokio::{net::TcpListener, task::AbortHandle};
use warp::Filter;

use super::emulator::{DATABASE, Emulator, KEY};

/// The tenant of the bot and its callers.
pub(super) const TENANT: &str = "6f1d2c3b-4a59-4e68-8b7c-9d0e1f2a3b4c";

/// One instance, with a store and a memory of its own.
pub(super) struct Bot {
    app: Arc<App>,
    /// What it asks things of.
    pub(super) graph: Graph,
}

impl Bot {
    /// An instance that is warm but has seen no call yet.
    pub(super) async fn on(emulator: &Emulator) -> Self {
        let graph = Graph::start().await;
        let app = program(emulator, &graph).app;
        app.flows.pin_all().await.expect("the account takes the flows");
        Self { app, graph }
    }

    /// Takes a turn with one event.
    pub(super) async fn take(&self, (address, event): (Address, Event)) -> Taken {
        let now = Timestamp::now();
        take(&self.app, &address, &[Arrival { event, at: now }], deadline(now)).await.expect("the turn can be taken")
    }

    /// The call as it is stored.
    pub(super) async fn load(&self, key: &CallKey) -> Call {
        self.app.store.load(key, Timestamp::now()).await.expect("the account answers").expect("the call is stored").call
    }

    /// The callback URL of a call.
    pub(super) async fn callback(&self, key: &CallKey) -> Address {
        let secret = self.load(key).await.secret;
        Address::Callback { key: key.clone(), secret, graph_id: None, number: None }
    }
}

/// An instance that serves HTTP, until dropped.
pub(super) struct Served {
    url: String,
    _graph: Graph,
    server: AbortHandle,
}

impl Served {
    pub(super) async fn on(emulator: &Emulator) -> Self {
        let graph = Graph::start().await;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let server = tokio::spawn(program(emulator, &graph).serve(listener)).abort_handle();
        Self { url, _graph: graph, server }
    }

    /// The status that it answers a GET with.
    pub(super) async fn get(&self, path: &str) -> u16 {
        reqwest::get(format!("{}{path}", self.url)).await.expect("the bot answers").status().as_u16()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A store on the account.
pub(super) fn store(emulator: &Emulator) -> Cosmos {
    let endpoint = BaseUrl::parse(&emulator.url()).expect("it is on this machine");
    Cosmos::open(CosmosAccount { endpoint, database: DATABASE.to_owned(), access: CosmosAccess::Key(KEY.to_owned().into()) })
}

fn program(emulator: &Emulator, graph: &Graph) -> Program {
    Program::on(Arc::new(store(emulator)), &settings(&graph.url), Arc::new(SystemClock)).expect("the settings are right")
}

fn settings(graph_url: &str) -> Settings {
    let root = env!("CARGO_MANIFEST_DIR");
    let environment: BTreeMap<_, _> = [
        ("BOT_APP_ID", "a94f0e3d-6c82-4b17-9d05-2e7b8c1f4a60".to_owned()),
        ("BOT_TENANT_ID", TENANT.to_owned()),
        ("BOT_CREDENTIAL", "secret".to_owned()),
        ("BOT_APP_SECRET", "a secret".to_owned()),
        ("BOT_BASE_URL", "http://127.0.0.1:3000".to_owned()),
        ("GRAPH_BASE_URL", format!("{graph_url}/v1.0")),
        ("ENTRA_AUTHORITY", graph_url.to_owned()),
        ("FLOWS_DIR", format!("{root}/flows")),
        ("INCOMING_FLOW", "default=first_call".to_owned()),
        ("RECORDINGS", "file:recordings".to_owned()),
    ]
    .into();
    Settings::read(|name| environment.get(name).cloned()).expect("the settings are right")
}

/// A Graph that says yes, and Entra with it.
pub(super) struct Graph {
    url: String,
    asked: Arc<AtomicUsize>,
    server: AbortHandle,
}

impl Graph {
    async fn start() -> Self {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let yes = warp::path("v1.0").map(move || count.fetch_add(1, Ordering::Relaxed)).map(|n| {
            let operation = serde_json::json!({ "id": format!("operation{n}"), "status": "running" });
            warp::reply::json(&operation)
        });
        let token = warp::any().map(|| warp::reply::json(&serde_json::json!({ "access_token": "token", "expires_in": 3600 })));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let server = tokio::spawn(warp::serve(yes.or(token)).incoming(listener).run()).abort_handle();
        Self { url, asked, server }
    }

    /// How often it was asked for something.
    pub(super) fn count(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

impl Drop for Graph {
    fn drop(&mut self) {
        self.server.abort();
    }
}
