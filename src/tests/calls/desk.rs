//! Somebody who places calls: the stage, and the control API over real HTTP.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use switchboard::{
    call::{Call, CallKey, Ending, Phase},
    simulator::{clock::Hold, contact, ledger::Ledger},
    stage::{Scene, Stage, StageError},
    store::CallStore,
};
use tempfile::TempDir;

use crate::journeys::journey::{shipped_flows, write_requests};

/// Somebody who can be called.
pub(super) const ADA: &str = "8a1d2c3b-4a59-4e68-8b7c-9d0e1f2a3b4c";

/// Somebody else.
pub(super) const GRACE: &str = "9b2e3d4c-5b6a-4f79-9c8d-0e1f2a3b4c5d";

/// How often something is looked for, and how long.
const LOOK_EVERY: Duration = Duration::from_millis(100);
const LOOKS: usize = 36_000;

/// The bot, a simulated Teams in virtual time, and who places calls.
pub(super) struct Desk {
    pub(super) stage: Stage,
    pub(super) client: Client,
    name: Option<&'static str>,
    _data: TempDir,
}

impl Desk {
    /// With these contacts, as the simulated Teams reads them.
    pub(super) async fn open(name: &'static str, contacts: &str) -> Self {
        let contacts = contact::parse(contacts).unwrap();
        let mut desk = Self::on(|scene| scene.contacts = contacts).await;
        desk.name = Some(name);
        desk
    }

    /// On whatever `change` makes of the scene; leaves no requests.
    pub(super) async fn on(change: impl FnOnce(&mut Scene)) -> Self {
        Self::set(change, Stage::set).await
    }

    /// With something put before the store.
    pub(super) async fn with(
        change: impl FnOnce(&mut Scene),
        front: impl FnOnce(Arc<dyn CallStore>) -> Arc<dyn CallStore>,
    ) -> Self {
        Self::set(change, |scene| Stage::with(scene, front)).await
    }

    /// On a store of one's own.
    pub(super) async fn on_store(change: impl FnOnce(&mut Scene), store: Arc<dyn CallStore>) -> Self {
        Self::set(change, |scene| Stage::on(scene, store)).await
    }

    async fn set<S: Future<Output = Result<Stage, StageError>>>(
        change: impl FnOnce(&mut Scene),
        set: impl FnOnce(Scene) -> S,
    ) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut scene = Scene::new(shipped_flows(), "first_call", data.path());
        change(&mut scene);
        let stage = set(scene).await.unwrap();
        Self { stage, client: Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap(), name: None, _data: data }
    }

    /// Its requests are left under this name.
    pub(super) fn leaves_requests(&mut self, name: &'static str) {
        self.name = Some(name);
    }

    /// A request to the API, with its key.
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.keyless(method, path).header("x-functions-key", &self.stage.api_key)
    }

    pub(super) fn keyless(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}/api/calls{path}", self.stage.bot_url))
    }

    /// Sends while time stands still.
    pub(super) async fn send(&self, request: RequestBuilder) -> Reply {
        let _hold = self.stage.hold();
        Reply::of(request.send().await.expect("every request is answered")).await
    }

    pub(super) async fn get(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path)).await
    }

    /// Asks for a call, by a name of the order.
    pub(super) async fn order(&self, name: &str, wanted: &Value) -> Reply {
        self.send(self.ordering(name, wanted)).await
    }

    pub(super) fn ordering(&self, name: &str, wanted: &Value) -> RequestBuilder {
        self.request(Method::POST, "").header("idempotency-key", name).json(wanted)
    }

    /// Forty orders of different names at once, on this instance and three others in turn, while time stands still.
    pub(super) async fn forty_at_four_instances(&self, wanted: &Value) -> Vec<Reply> {
        let others: Vec<_> = (0..3).map(|_| self.stage.beside().unwrap()).collect();
        let urls: Vec<&str> = others.iter().map(|other| other.url.as_str()).chain([self.stage.bot_url.as_str()]).collect();
        let orders = (0..40).map(|n| {
            let request = self.client.post(format!("{}/api/calls", urls[n % urls.len()])).json(wanted);
            self.send(request.header("x-functions-key", &self.stage.api_key).header("idempotency-key", format!("order {n}")))
        });
        let _hold = self.stage.hold();
        join_all(orders).await
    }

    /// The calls that Teams has of the bot, by Graph's ids.
    pub(super) fn placed(&self) -> Vec<String> {
        self.stage.teams.placed().into_iter().map(|placed| placed.call).collect()
    }

    /// How many of them anybody could have answered.
    pub(super) fn answerable(&self) -> usize {
        let ledgers = self.placed().into_iter().filter_map(|call| self.stage.teams.ledger(&call));
        ledgers.filter(Ledger::could_be_answered).count()
    }

    /// The document of a call.
    pub(super) async fn call(&self, id: &str) -> Option<Call> {
        let key = CallKey::parse(id).unwrap();
        self.stage.app.store.load(&key, self.stage.app.clock.now()).await.unwrap().map(|stored| stored.call)
    }

    /// Waits until a call is as wanted; time stands still until what this yields is dropped.
    pub(super) async fn until(&self, id: &str, is_so: impl Fn(&Call) -> bool) -> (Call, Hold) {
        let clock = self.stage.teams.clock();
        for _ in 0..LOOKS {
            let hold = clock.sleep(LOOK_EVERY).await;
            match self.call(id).await {
                Some(call) if is_so(&call) => return (call, hold),
                _ => {}
            }
        }
        panic!("the call never came so far: {:?}", self.call(id).await);
    }

    /// Waits until a call is over and owes nothing.
    pub(super) async fn over(&self, id: &str) -> Call {
        self.until(id, |call| call.phase.is_over() && call.owed.is_empty()).await.0
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Some(name) = self.name {
            write_requests(name, &self.stage.teams.requests());
        }
    }
}

/// What the API answered.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) kind: Option<String>,
    pub(super) location: Option<String>,
    pub(super) retry_after: Option<u64>,
    pub(super) body: Value,
}

impl Reply {
    pub(super) async fn of(response: Response) -> Self {
        let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (status, kind, location) = (response.status().as_u16(), header("content-type"), header("location"));
        let retry_after = header("retry-after").map(|seconds| seconds.parse().unwrap());
        let text = response.text().await.unwrap();
        let body = match text.as_str() {
            "" => Value::Null,
            text => serde_json::from_str(text).unwrap_or_else(|_| panic!("{status}: {text}")),
        };
        Self { status, kind, location, retry_after, body }
    }

    /// The id of the call that an order is; it must have been accepted.
    pub(super) fn id(&self) -> String {
        assert_eq!(self.status, 202, "{self:?}");
        let id = self.body["id"].as_str().unwrap();
        assert_eq!(self.location.as_deref(), Some(format!("/api/calls/{id}").as_str()));
        id.to_owned()
    }

    /// What kind of problem it is, with its status; it must be one.
    pub(super) fn problem(&self) -> (u16, &str) {
        assert_eq!(self.kind.as_deref(), Some("application/problem+json"), "{self:?}");
        assert_eq!(self.body["status"], self.status);
        assert!(self.body["title"].is_string());
        (self.status, self.body["type"].as_str().unwrap().strip_prefix("urn:switchboard:problem:").unwrap())
    }

    /// The members at fault.
    pub(super) fn fields(&self) -> Vec<&str> {
        let several = self.body["errors"].as_array().into_iter().flatten().map(|fault| &fault["field"]);
        several.chain([&self.body["field"]]).filter_map(Value::as_str).collect()
    }
}

/// An order to ring one user.
pub(super) fn ring(user: &str) -> Value {
    json!({ "flow": "first_call", "targets": [{ "user": user }] })
}

/// An order to ring a number, by a resource account.
pub(super) fn phone(number: &str) -> Value {
    json!({ "flow": "first_call", "targets": [{ "phone": number }], "source": GRACE })
}

/// Somebody who takes the call and ends it when the bot has greeted them.
pub(super) fn answers() -> String {
    format!(
        "[[contacts]]\nname = \"Ada\"\nuser = \"{ADA}\"\nanswers = \"2s\"\nends = {{ by = \"person\" }}\n\
         [[contacts.does]]\nhears = \"welcome\"\nhangs_up = true"
    )
}

/// How a call ended, as the bot has it.
pub(super) fn ending(call: &Call) -> Option<Ending> {
    match call.phase {
        Phase::Ended { ending, .. } => Some(ending),
        _ => None,
    }
}
