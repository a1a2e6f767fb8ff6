//! What one notification costs, part by part and as a whole: `cargo bench --bench turn`.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run may stop")]

use std::{cell::Cell, path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use divan::Bencher;
use jiff::Timestamp;
use serde_json::json;
use switchboard::{
    app::App,
    call::{Address, Arrival, Call, CallKey, Event, step::step},
    clock::SystemClock,
    config::Settings,
    graph::{
        client::Graph,
        notification,
        request::{BotUrls, Request},
        sender::{Sender, SenderOptions},
        transport::{Response, SendError, Transport},
    },
    server::Program,
    simulator::{
        server::{Options, Running, Simulator},
        setup::Setup,
    },
    stage::{APP_ID, Scene, TENANT, environment},
    store::{CallStore, Embedded, Memory},
    turn::{Taken, take},
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

fn main() {
    divan::main();
}

/// Reads a post with one key press in it.
#[divan::bench]
fn read(bencher: Bencher) {
    let key = CallKey::parse("3f8a1c205b7e4d199a426c0e1f2a7b01").unwrap();
    bencher.bench(|| notification::read(KEY_PRESSED, Some(&key)).unwrap());
}

/// Steps a call in a menu with a key press.
#[divan::bench]
fn step_once(bencher: Bencher) {
    let house = House::new(Arc::new(Memory::new()));
    let call = house.call_in_menu();
    let call = house.load(&call);
    let flow = house.runtime.block_on(house.app.flows.of(&call.flow_version)).unwrap();
    let pressed = event(json!({ "event": "tone_received", "sequence": 6, "key": "3" }));
    bencher.with_inputs(|| call.clone()).bench_values(|call| step(call, &flow, &house.app.secrets, &pressed, Timestamp::now()));
}

/// Checks the sender by a token never seen before: its signature too.
#[divan::bench]
fn sender_fresh(bencher: Bencher) {
    let gate = Gate::new();
    bencher.with_inputs(|| gate.token()).bench_local_values(|token| gate.check(&token));
}

/// Checks the sender by a token seen before, as nearly all are.
#[divan::bench]
fn sender_remembered(bencher: Bencher) {
    let gate = Gate::new();
    let token = gate.token();
    bencher.bench_local(|| gate.check(&token));
}

/// A whole turn, calls in memory: load, step, save, ask Graph twice, save.
#[divan::bench]
fn turn_in_memory(bencher: Bencher) {
    turn(bencher, &House::new(Arc::new(Memory::new())));
}

/// The same with calls in a file: two syncs of the disk.
#[divan::bench]
fn turn_embedded(bencher: Bencher) {
    let folder = TempDir::new().unwrap();
    turn(bencher, &House::new(Arc::new(Embedded::open(&folder.path().join("calls.redb")).unwrap())));
}

fn turn(bencher: Bencher, house: &House) {
    let pressed = json!({ "event": "tone_received", "sequence": 6, "key": "3" });
    let inputs = || (house.call_in_menu(), event(pressed.clone()));
    bencher.with_inputs(inputs).bench_local_values(|(call, pressed)| house.take(Address::Ours(call), pressed));
}

const KEY_PRESSED: &[u8] = br##"{"@odata.type":"#microsoft.graph.commsNotifications","value":[{"@odata.type":"#microsoft.graph.commsNotification","changeType":"updated","resource":"/app/calls/3f8a1c20-5b7e-4d19-9a42-6c0e1f2a7b01","resourceUrl":"/communications/calls/3f8a1c20-5b7e-4d19-9a42-6c0e1f2a7b01","resourceData":{"@odata.type":"#microsoft.graph.call","state":"established","toneInfo":{"@odata.type":"#microsoft.graph.toneInfo","sequenceId":6,"tone":"tone1"}}}]}"##;

fn event(json: serde_json::Value) -> Event {
    serde_json::from_value(json).unwrap()
}

/// The bot without its doors, and a Graph in this process that says yes at once.
struct House {
    runtime: Runtime,
    app: Arc<App>,
    calls: Cell<u64>,
}

impl House {
    fn new(store: Arc<dyn CallStore>) -> Self {
        let runtime = Runtime::new().unwrap();
        let clock = Arc::new(SystemClock);
        let _inside = runtime.enter();
        let mut app = Program::on(store, &settings(), clock.clone()).unwrap().app;
        let graph = Graph::new(Arc::new(Yes), BotUrls::new("https://bot.example.org"), clock);
        Arc::get_mut(&mut app).unwrap().graph = graph;
        Self { runtime, app, calls: Cell::new(0) }
    }

    fn take(&self, address: Address, event: Event) {
        let now = Timestamp::now();
        let deadline = now + Duration::from_secs(3);
        let taken = self.runtime.block_on(take(&self.app, &address, &[Arrival { event, at: now }], deadline)).unwrap();
        assert_eq!(taken, Taken::Changed);
    }

    /// A call that has heard the menu's prompts and waits for a key.
    fn call_in_menu(&self) -> CallKey {
        self.calls.set(self.calls.get() + 1);
        let id = format!("{:032x}", self.calls.get());
        let ring = json!({ "event": "incoming_call", "call": id, "from": null, "to": null, "is_group": false });
        let stands = json!({ "event": "call_updated", "call": id, "state": "established", "audio_active": true, "result": null });
        let heard = json!({ "event": "prompt_finished", "operation": null, "n": 2, "completed": true, "result": null });
        let webhook = Address::Webhook { graph_id: serde_json::from_value(json!(id)).unwrap(), tenant: TENANT.to_owned() };
        self.take(webhook, event(ring));
        let key = CallKey::parse(&id).unwrap();
        self.take(Address::Ours(key.clone()), event(stands));
        self.take(Address::Ours(key.clone()), event(heard));
        key
    }

    fn load(&self, key: &CallKey) -> Call {
        self.runtime.block_on(self.app.store.load(key, Timestamp::now())).unwrap().unwrap().call
    }
}

fn settings() -> Settings {
    let flows = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/flows"));
    let scene = Scene::new(flows, "first_call", &std::env::temp_dir());
    let environment =
        environment(&scene, "http://127.0.0.1:1", "http://127.0.0.1:1", "a secret of nobody", "a key of nobody here");
    let get = |name: &str| environment.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
    Settings::read(get).unwrap()
}

/// A Graph that does what it is asked.
struct Yes;

#[async_trait]
impl Transport for Yes {
    async fn send(&self, _: &str, _: &Request, _: Duration) -> Result<Response, SendError> {
        let body = br#"{"id":"0fe0623f-d628-42ed-b4bd-8ac290072cc5","status":"running"}"#;
        Ok(Response { status: 200, body: body.as_slice().into(), ..Response::default() })
    }
}

/// The check of senders, its keys fetched, and a platform that signs.
struct Gate {
    runtime: Runtime,
    sender: Sender,
    teams: Running,
    tokens: Cell<u64>,
}

impl Gate {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let setup = Setup { app_id: APP_ID.to_owned(), tenant: TENANT.to_owned(), ..Setup::default() };
        let teams = runtime.block_on(Simulator::start(Options::new(setup, "a secret".to_owned().into()))).unwrap();
        let options = SenderOptions {
            app_id: APP_ID.to_owned(),
            issuers: vec!["https://api.botframework.com".to_owned()],
            metadata_url: format!("{}/.well-known/openid-configuration", teams.base_url()),
            allowed_tenants: vec![TENANT.to_owned()],
        };
        let sender = Sender::new(options, reqwest::Client::new(), Arc::new(SystemClock));
        runtime.block_on(sender.warm()).unwrap();
        Self { runtime, sender, teams, tokens: Cell::new(0) }
    }

    /// An `Authorization` header that was never sent before.
    fn token(&self) -> String {
        self.tokens.set(self.tokens.get() + 1);
        let mut claims = self.teams.claims(TENANT);
        claims["jti"] = json!(self.tokens.get());
        format!("Bearer {}", self.teams.keys().sign(&claims))
    }

    fn check(&self, token: &str) {
        self.runtime.block_on(self.sender.check(Some(token))).unwrap();
    }
}
