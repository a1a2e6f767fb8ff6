//! Somebody who gives orders: the stage, the API, and a server that hears what comes of them.

use std::{sync::Arc, time::Duration};

use reqwest::{Client, Method};
use serde_json::{Value, json};
use switchboard::{
    call::{Call, OrderId},
    order::{How, Order},
    ordering,
    simulator::{
        contact,
        observation::{Observation, Seen},
    },
    stage::{Scene, Stage},
    store::CallStore,
};
use tempfile::TempDir;

use crate::{
    calls::stopper::Stopper,
    journeys::{
        hooked::{HookServer, Sent},
        journey::{shipped_flows, write_requests},
    },
};

/// How often something is looked for on the stage's clock, and how often at the most.
const LOOK_EVERY: Duration = Duration::from_millis(500);
const LOOKS: usize = 400_000;

/// The bot, a simulated Teams in virtual time, and who gives orders.
pub(super) struct Desk {
    pub(super) stage: Stage,
    /// Where the bot can be stopped dead.
    pub(super) stopper: Arc<Stopper>,
    client: Client,
    hook: HookServer,
    name: Option<&'static str>,
    _data: TempDir,
}

/// Somebody of these tests: a user whose id is made of a number.
pub(super) fn user(n: usize) -> String {
    format!("8a1d2c3b-4a59-4e68-8b7c-{n:012}")
}

/// People of these numbers, each with what they do when they are rung, as the simulated Teams reads it.
pub(super) fn contacts(does: &[&str]) -> String {
    let contact = |(n, does): (usize, &&str)| format!("[[contacts]]\nname = \"P{n}\"\nuser = \"{}\"\n{does}\n", user(n));
    does.iter().enumerate().map(contact).collect()
}

/// Takes the call and presses a key at the choices of `alarm`.
pub(super) fn presses(key: &str) -> String {
    format!("answers = \"3s\"\n[[contacts.does]]\nhears = \"choices\"\npresses = \"{key}\"")
}

/// An order of `alarm` for people of these numbers.
pub(super) fn alarm(count: usize, more: Value) -> Value {
    let people: Vec<_> = (0..count).map(|n| json!({ "name": format!("P{n}"), "user": user(n) })).collect();
    let mut order = json!({ "flow": "alarm", "people": people, "ring": 20, "notify": "incidents" });
    order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    order
}

impl Desk {
    /// With these contacts, on whatever `change` makes of the scene. The requests to Graph are left under `name`.
    pub(super) async fn open(name: Option<&'static str>, people: &str, change: impl FnOnce(&mut Scene)) -> Self {
        Self::telling(HookServer::answering(204, "").await, name, people, change).await
    }

    /// The same, with a hook of one's own.
    pub(super) async fn telling(
        hook: HookServer,
        name: Option<&'static str>,
        people: &str,
        change: impl FnOnce(&mut Scene),
    ) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut scene = Scene::new(shipped_flows(), "first_call", data.path());
        scene.hooks.insert("incidents".to_owned(), hook.url.clone());
        scene.contacts = contact::parse(people).unwrap();
        change(&mut scene);
        let mut stopper = None;
        let front = |store| Arc::clone(stopper.insert(Arc::new(Stopper::before(store)))) as Arc<dyn CallStore>;
        let stage = Stage::with(scene, front).await.unwrap();
        let stopper = stopper.expect("the stage has a store");
        Self {
            stage,
            stopper,
            client: Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap(),
            hook,
            name,
            _data: data,
        }
    }

    /// Asks something of the API while time stands still: the status, and the body.
    pub(super) async fn ask(&self, method: Method, path: &str, key: Option<&str>, body: Option<&Value>) -> (u16, Value) {
        let _hold = self.stage.hold();
        let mut request = self.client.request(method, format!("{}/api/orders{path}", self.stage.bot_url));
        request = request.header("x-functions-key", &self.stage.api_key);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    /// Gives an order, which must be taken.
    pub(super) async fn give(&self, key: &str, wanted: &Value) -> OrderId {
        let (status, body) = self.ask(Method::POST, "", Some(key), Some(wanted)).await;
        assert_eq!(status, 202, "{body}");
        OrderId::parse(body["id"].as_str().unwrap()).unwrap()
    }

    pub(super) async fn show(&self, id: &OrderId) -> Value {
        let (status, body) = self.ask(Method::GET, &format!("/{id}"), None, None).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    pub(super) async fn order(&self, id: &OrderId) -> Order {
        ordering::load(&self.stage.app, id).await.unwrap().expect("it is kept").order
    }

    /// Waits until an order is as wanted.
    pub(super) async fn until(&self, id: &OrderId, is_so: impl Fn(&Order) -> bool) -> Order {
        for _ in 0..LOOKS {
            let _hold = self.stage.teams.clock().sleep(LOOK_EVERY).await;
            let order = self.order(id).await;
            if is_so(&order) {
                return order;
            }
        }
        panic!("the order never came so far: {:?}", self.order(id).await);
    }

    /// Waits until an order is over, has told everything and is at rest.
    pub(super) async fn over(&self, id: &OrderId) -> Order {
        self.until(id, |order| order.over_at.is_some() && order.owed.is_empty() && order.acting.is_none()).await
    }

    /// What the hook was told: each event's type and data.
    pub(super) fn told(&self) -> Vec<(String, Value)> {
        told_once(self.hook.sent())
    }

    /// Everything that was seen of all calls, in order.
    pub(super) fn seen(&self) -> Vec<Observation> {
        let mut seen: Vec<_> = self.stage.teams.calls().iter().flat_map(|call| self.stage.teams.observed(call)).collect();
        seen.sort_by_key(|observation| observation.at);
        seen
    }

    /// Whose telephones rang, in order, by their numbers.
    pub(super) fn rang(&self) -> Vec<usize> {
        let of = |observation: &Observation| match &observation.what {
            Seen::Ringing { to } => Some(to.rsplit('-').next()?.parse().ok()?),
            _ => None,
        };
        self.seen().iter().filter_map(of).collect()
    }

    /// The calls of the order, by its own keys.
    pub(super) async fn calls(&self, order: &Order) -> Vec<Call> {
        let mut calls = Vec::new();
        for ring in &order.rings {
            let now = self.stage.app.clock.now();
            calls.extend(self.stage.app.store.load(&ring.call, now).await.unwrap().map(|stored| stored.call));
        }
        calls
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Some(name) = self.name {
            write_requests(name, &self.stage.teams.requests());
        }
    }
}

/// What a hook has taken, however often: each event's type and data. What is sent again must be the same.
pub(super) fn told_once(sent: Vec<Sent>) -> Vec<(String, Value)> {
    let mut told: Vec<Sent> = Vec::new();
    for sent in sent {
        match told.iter_mut().find(|told| told.id == sent.id) {
            Some(told) => {
                assert_eq!(told.body, sent.body, "another notice of the same id");
                told.is_taken |= sent.is_taken;
            }
            None => told.push(sent),
        }
    }
    told.into_iter()
        .filter(|told| told.is_taken)
        .map(|told| (told.body["type"].as_str().unwrap().to_owned(), told.body["data"].clone()))
        .collect()
}

/// To what an order has come.
pub(super) fn how(order: &Order) -> How {
    order.conclusion.as_ref().expect("it has come to something").how
}
