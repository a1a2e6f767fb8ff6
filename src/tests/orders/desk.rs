//! Somebody who gives orders: the stage, the API, and a server that hears what comes of them.

use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
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
};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinSet};
use warp::Filter;

use crate::journeys::journey::{shipped_flows, write_requests};

/// How often something is looked for on the stage's clock, and how often at the most.
const LOOK_EVERY: Duration = Duration::from_millis(500);
const LOOKS: usize = 400_000;

/// The bot, a simulated Teams in virtual time, and who gives orders.
pub(super) struct Desk {
    pub(super) stage: Stage,
    client: Client,
    told: Arc<Mutex<Vec<Value>>>,
    name: Option<&'static str>,
    _server: JoinSet<()>,
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
        let (data, told) = (tempfile::tempdir().unwrap(), Arc::<Mutex<Vec<Value>>>::default());
        let log = Arc::clone(&told);
        let routes = warp::post().and(warp::body::bytes()).map(move |body: Bytes| {
            let event: Value = serde_json::from_slice(&body).unwrap();
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            // What is told again is the same.
            if log.iter().all(|told| told["id"] != event["id"]) {
                log.push(event);
            }
            warp::http::StatusCode::NO_CONTENT
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut server = JoinSet::new();
        server.spawn(warp::serve(routes).incoming(listener).run());
        let mut scene = Scene::new(shipped_flows(), "first_call", data.path());
        scene.hooks.insert("incidents".to_owned(), url);
        scene.contacts = contact::parse(people).unwrap();
        change(&mut scene);
        let stage = Stage::set(scene).await.unwrap();
        Self { stage, client: Client::builder().no_proxy().build().unwrap(), told, name, _server: server, _data: data }
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
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.iter().map(|event| (event["type"].as_str().unwrap().to_owned(), event["data"].clone())).collect()
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

/// To what an order has come.
pub(super) fn how(order: &Order) -> How {
    order.conclusion.as_ref().expect("it has come to something").how
}
