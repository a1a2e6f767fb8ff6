//! The door, through real sockets: who is let in, what is taken, and that nothing that comes can break it.

mod body;
mod callbacks;
mod hosted;
mod put_off;
mod routes;
mod rubbish;
mod secrets;
mod sender;
mod sockets;

use std::{path::Path, sync::Arc};

use jiff::SignedDuration;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use switchboard::{
    call::{Call, CallKey},
    clock::Awake,
    simulator::script::Script,
    stage::{Scene, Stage, TENANT},
    store::CallStore,
};
use tempfile::TempDir;

/// The folder of the flows that come with the bot.
fn flows() -> &'static Path {
    concat!(env!("CARGO_MANIFEST_DIR"), "/flows").as_ref()
}

/// The bot and a simulated Teams in virtual time, and somebody who knocks.
struct Door {
    stage: Stage,
    client: Client,
    _data: TempDir,
}

impl Door {
    async fn open() -> Self {
        Self::before(|store| store).await
    }

    /// With something put before the store.
    async fn before(front: impl FnOnce(Arc<dyn CallStore>) -> Arc<dyn CallStore>) -> Self {
        let data = tempfile::tempdir().unwrap();
        let scene = Scene::new(flows().to_owned(), "first_call", data.path());
        let stage = Stage::with(scene, front).await.unwrap();
        Self { stage, client: Client::builder().no_proxy().build().unwrap(), _data: data }
    }

    /// The token of an honest notification.
    fn token(&self) -> String {
        self.stage.teams.keys().sign(&self.claims())
    }

    fn claims(&self) -> Value {
        self.stage.teams.claims(TENANT)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.stage.bot_url))
    }

    /// Sends while time stands still. A connection that breaks is a handler that panicked.
    async fn send(&self, request: RequestBuilder) -> Response {
        let _hold = self.stage.hold();
        request.send().await.expect("every request is answered")
    }

    async fn get(&self, path: &str) -> Response {
        self.send(self.request(Method::GET, path)).await
    }

    /// Posts a notification with a token of one's choice; yields the status.
    async fn post_as(&self, token: Option<&str>, path: &str, body: impl Into<reqwest::Body>) -> u16 {
        let post = self.request(Method::POST, path).body(body);
        let post = match token {
            Some(token) => post.bearer_auth(token),
            None => post,
        };
        self.send(post).await.status().as_u16()
    }

    /// Posts an honestly signed notification to the registered webhook.
    async fn post(&self, body: impl Into<reqwest::Body>) -> u16 {
        // A virtual hour is soon over, and the token with it.
        let _hold = self.stage.hold();
        self.post_as(Some(&self.token()), "/api/notifications", body).await
    }

    /// The document of a call, as it is stored.
    async fn call(&self, id: &str) -> Option<Call> {
        let key = CallKey::parse(id).unwrap();
        self.stage.app.store.load(&key, self.stage.app.clock.now()).await.unwrap().map(|stored| stored.call)
    }

    /// Somebody rings. Time stands still when the bot has done so much about it that `is_there` holds.
    async fn call_until(&self, is_there: impl Fn(&Call) -> bool) -> (String, Awake) {
        let clock = &self.stage.app.clock;
        let mut held: Awake = Box::new(self.stage.hold());
        let id = self.stage.teams.ring(Script::default());
        for _ in 0..200 {
            let a_little = clock.sleep_until(clock.now() + SignedDuration::from_millis(100));
            drop(held);
            held = a_little.await;
            if self.call(&id).await.is_some_and(|call| is_there(&call)) {
                return (id, held);
            }
        }
        panic!("the call did not come so far in 20 s: {:?}", self.call(&id).await);
    }
}

/// Whether a call is in this step and owes nothing.
fn is_in(step: &'static str) -> impl Fn(&Call) -> bool {
    move |call| matches!(&call.phase, switchboard::call::Phase::InStep { step: now, .. } if now == step) && call.owed.is_empty()
}

/// A post of these notifications.
fn batch(items: &[Value]) -> String {
    json!({ "@odata.type": "#microsoft.graph.commsNotifications", "value": items }).to_string()
}

fn about(change: &str, call: &str, data: Value) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.commsNotification",
        "changeType": change,
        "resourceUrl": format!("/communications/calls/{call}"),
        "resourceData": data,
    })
}

/// Somebody rings.
fn ring(call: &str) -> Value {
    about(
        "created",
        call,
        json!({ "@odata.type": "#microsoft.graph.call", "state": "incoming", "direction": "incoming", "id": call }),
    )
}

/// A key is pressed.
fn tone(call: &str, sequence: i64, tone: &str) -> Value {
    let info = json!({ "@odata.type": "#microsoft.graph.toneInfo", "sequenceId": sequence, "tone": tone });
    about("updated", call, json!({ "@odata.type": "#microsoft.graph.call", "state": "established", "toneInfo": info }))
}

/// The call is over.
fn end(call: &str) -> Value {
    about("deleted", call, json!({ "@odata.type": "#microsoft.graph.call", "state": "terminated" }))
}

/// An id as Graph gives calls.
fn call_id(n: u32) -> String {
    format!("4e9d0c7b-1a2f-4c83-b6d5-{n:012x}")
}
