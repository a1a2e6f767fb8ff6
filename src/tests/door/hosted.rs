//! Under a Functions host: what it brings from the queues and by its timer. The envelopes have the shapes that hosts were seen to send.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use jiff::Timestamp;
use reqwest::Response;
use serde_json::{Value, json};
use switchboard::{
    app::App,
    call::{Address, Arrival, Call, CallKey, Ending, Event, Message, Phase},
    clock::{Clock, Sleep},
    config::Settings,
    functions::FUNCTIONS,
    host::{DONE, LONGEST_INVOCATION},
    server::Program,
    simulator,
    stage::{Scene, environment},
    store::{CallStore, Memory},
};

use super::{Door, body::Down, call_id, flows};

const QUOTED_TWICE: &str = include_str!("envelopes/quoted_twice.json");
const QUOTED_ONCE: &str = include_str!("envelopes/quoted_once.json");
const TIMER: &str = include_str!("envelopes/timer.json");

/// When the call in the envelopes rang.
const RANG: &str = "2031-05-04T10:00:00Z";

/// A clock that is set by hand; nobody who sleeps ever wakes.
struct ByHand(AtomicI64);

impl Clock for ByHand {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap()
    }

    fn sleep_until(&self, _: Timestamp) -> Sleep {
        Box::pin(std::future::pending())
    }
}

/// The bot as a Functions host runs it, with a Graph that cannot be reached.
struct Hosted {
    url: String,
    app: Arc<App>,
    clock: Arc<ByHand>,
}

impl Hosted {
    async fn on(store: Arc<dyn CallStore>) -> Self {
        let data = tempfile::tempdir().unwrap();
        let real = simulator::clock::Clock::real();
        let scene = Scene { clock: real, ..Scene::new(flows().to_owned(), "first_call", data.path()) };
        let nowhere = "http://127.0.0.1:9";
        let mut environment: BTreeMap<_, _> = environment(&scene, nowhere, nowhere, "secret", "").into_iter().collect();
        environment.insert("FUNCTIONS_CUSTOMHANDLER_WORKER_ID", "5b1d3f70-92a4-4c6e-8d0b-f7e9a1c3b5d2".to_owned());
        let settings = Settings::read(|name| environment.get(name).cloned()).unwrap();
        let rang: Timestamp = RANG.parse().unwrap();
        let clock = Arc::new(ByHand(AtomicI64::new(rang.as_millisecond())));
        let program = Program::on(store, &settings, clock.clone()).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (url, app) = (format!("http://{}", listener.local_addr().unwrap()), Arc::clone(&program.app));
        tokio::spawn(program.serve(listener));
        Self { url, app, clock }
    }

    async fn new() -> Self {
        Self::on(Arc::new(Memory::new())).await
    }

    async fn invoke(&self, function: &str, body: impl Into<reqwest::Body>) -> Response {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let post = client.post(format!("{}/{function}", self.url)).header("content-type", "application/json; charset=utf-8");
        let post = post.header("X-Azure-Functions-InvocationId", "0f2e4d6c-8b9a-4c1d-a3e5-b7f901234567");
        post.body(body).send().await.expect("every invocation is answered")
    }

    /// The call of the envelopes.
    async fn call(&self) -> Option<Call> {
        let key = CallKey::parse(&call_id(1)).unwrap();
        self.app.store.load(&key, self.clock.now()).await.unwrap().map(|stored| stored.call)
    }

    fn wait(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }
}

/// An invocation that brings these messages.
fn bringing(messages: &[Message]) -> String {
    let text = serde_json::to_string(messages).unwrap();
    json!({ "Data": { "event": Value::from(text).to_string() }, "Metadata": {} }).to_string()
}

fn wake(call: &str) -> Message {
    let arrival = Arrival { event: Event::Wake, at: RANG.parse().unwrap() };
    Message { address: Address::Ours(CallKey::parse(call).unwrap()), arrival }
}

/// What a host takes for a success: anything else fails the invocation, or leaves it open until its timeout.
async fn is_success(reply: Response) -> bool {
    let is_json = reply.headers().get("content-type").is_some_and(|kind| kind == "application/json");
    reply.status() == 200 && is_json && reply.text().await.unwrap() == DONE
}

#[tokio::test]
async fn a_message_takes_effect_however_it_is_quoted() {
    for envelope in [QUOTED_TWICE, QUOTED_ONCE] {
        let hosted = Hosted::new().await;
        assert!(is_success(hosted.invoke("incoming_call", envelope).await).await);
        assert!(matches!(hosted.call().await.unwrap().phase, Phase::Ringing { .. }));
    }
}

#[tokio::test]
async fn a_message_that_comes_again_changes_nothing() {
    let hosted = Hosted::new().await;
    hosted.invoke("incoming_call", QUOTED_TWICE).await;
    let before = hosted.call().await;
    assert!(is_success(hosted.invoke("incoming_call", QUOTED_TWICE).await).await);
    assert_eq!(hosted.call().await, before);
}

#[tokio::test]
async fn a_ring_that_was_long_in_the_queue_is_missed() {
    let hosted = Hosted::new().await;
    hosted.wait(20);
    assert!(is_success(hosted.invoke("incoming_call", QUOTED_TWICE).await).await);
    assert!(matches!(hosted.call().await.unwrap().phase, Phase::Ended { ending: Ending::Missed, .. }));
}

#[tokio::test]
async fn every_function_with_a_queue_takes_what_comes_whichever_event_it_is() {
    let hosted = Hosted::new().await;
    for function in FUNCTIONS {
        let reply = hosted.invoke(function.name, bringing(&[wake("c0de")])).await;
        assert!(is_success(reply).await, "{}", function.name);
    }
}

#[tokio::test]
async fn a_call_that_is_woken_does_what_it_owes() {
    let hosted = Hosted::new().await;
    hosted.invoke("incoming_call", QUOTED_TWICE).await;
    let before = hosted.call().await.unwrap();
    assert!(!before.owed.is_empty(), "Graph cannot be reached");
    hosted.wait(10);
    assert!(is_success(hosted.invoke("wake", bringing(&[wake("c0de"), wake(&call_id(1))])).await).await);
    assert_ne!(hosted.call().await.unwrap().owed, before.owed);
}

#[tokio::test]
async fn the_timer_wakes_what_is_due() {
    let hosted = Hosted::new().await;
    hosted.invoke("incoming_call", QUOTED_TWICE).await;
    let before = hosted.call().await.unwrap();
    hosted.wait(60);
    assert!(is_success(hosted.invoke("housekeeping", TIMER).await).await);
    assert_ne!(hosted.call().await.unwrap(), before);
}

#[tokio::test]
async fn a_store_that_is_down_brings_the_message_again() {
    let hosted = Hosted::on(Arc::new(Down)).await;
    assert_eq!(hosted.invoke("incoming_call", QUOTED_TWICE).await.status(), 500);
    assert_eq!(hosted.invoke("wake", bringing(&[wake("c0de")])).await.status(), 500);
}

#[tokio::test]
async fn a_message_that_cannot_be_read_is_never_passed_over_in_silence() {
    let hosted = Hosted::new().await;
    for rubbish in
        ["", "null", "{}", "{\"Data\":{}}", "{\"Data\":{\"event\":\"\\\"hello\\\"\"}}", "{\"Data\":{\"event\":[]}}", "[[["]
    {
        assert_eq!(hosted.invoke("wake", rubbish).await.status(), 500, "{rubbish}");
    }
    let deep = format!("{{\"Data\":{{\"event\":{}}}}}", "[".repeat(10_000));
    assert_eq!(hosted.invoke("wake", deep).await.status(), 500);
}

#[tokio::test]
async fn an_invocation_too_large_is_refused() {
    let hosted = Hosted::new().await;
    assert_eq!(hosted.invoke("wake", vec![b' '; LONGEST_INVOCATION + 1]).await.status(), 413);
}

#[tokio::test]
async fn a_function_that_has_no_queue_is_not_invoked() {
    let hosted = Hosted::new().await;
    for function in ["notifications", "calls", "prompts", "health", "nothing", "wake/x"] {
        assert_eq!(hosted.invoke(function, QUOTED_TWICE).await.status(), 404, "{function}");
    }
}

#[tokio::test]
async fn without_a_host_nobody_invokes_anything() {
    let door = Door::open().await;
    let names = FUNCTIONS.iter().map(|function| function.name).chain(["housekeeping"]);
    for name in names {
        assert_eq!(door.post_as(None, &format!("/{name}"), QUOTED_TWICE).await, 404, "{name}");
        assert_eq!(door.get(&format!("/{name}")).await.status(), 404, "{name}");
    }
    assert!(door.call(&call_id(1)).await.is_none());
}
