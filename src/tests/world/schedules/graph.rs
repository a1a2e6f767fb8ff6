//! A Graph that does at once whatever it is asked, and notes it.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use switchboard::{
    call::{CallKey, Kept, Message, RecordingToken},
    clock::{Clock, Sleep},
    graph::{
        request::{Method, Request},
        transport::{Response, SendError, Transport},
    },
    later::{Later, LaterError},
    media::{Audio, KeepError, RecordingStore},
};

use super::{explore::Turnstile, telling::noon};
use crate::world::gate::{Deed, Gate, GatedStore};

/// Graph, a place for recordings, and the time.
#[derive(Clone)]
pub(super) struct Graph {
    turnstile: Turnstile,
    store: Arc<GatedStore>,
    key: CallKey,
    notes: Arc<Mutex<Notes>>,
}

/// What was asked.
#[derive(Default)]
struct Notes {
    since_noon: SignedDuration,
    done: Vec<(u32, &'static str)>,
    kept: BTreeMap<u32, u32>,
}

impl Graph {
    pub(super) fn new(turnstile: Turnstile, store: Arc<GatedStore>, key: CallKey) -> Self {
        Self { turnstile, store, key, notes: Arc::default() }
    }

    /// Nothing was asked, and it is noon.
    pub(super) fn forget(&self) {
        *self.notes() = Notes::default();
    }

    /// Time passes.
    pub(super) fn pass(&self, time: SignedDuration) {
        self.notes().since_noon += time;
    }

    /// Numbers and kinds of what was done, in order; 0 is what was not owed. Looks are left out.
    pub(super) fn done(&self) -> Vec<(u32, &'static str)> {
        self.notes().done.clone()
    }

    /// How often each recording was fetched.
    pub(super) fn kept(&self) -> BTreeMap<u32, u32> {
        self.notes().kept.clone()
    }

    /// The state of the call, as far as it follows from what was done.
    fn state(&self) -> &'static str {
        let notes = self.notes();
        let did = |kind| notes.done.iter().any(|(_, done)| *done == kind);
        match (did("transfer"), self.store.ever_owed().values().any(|kind| *kind == "answer") && !did("answer")) {
            (true, _) => "transferring",
            (false, true) => "incoming",
            (false, false) => "established",
        }
    }

    /// Which action a request carries out: its context says so, else it is the first that is owed and not done.
    fn number(&self, request: &Request, kind: &str) -> u32 {
        let context = request.body.as_ref().and_then(|body| body["clientContext"].as_str()?.rsplit(':').next()?.parse().ok());
        let call = self.store.peek(&self.key, self.now());
        let owed: Vec<_> = call.iter().flat_map(|call| call.requests()).filter(|owed| owed.action.kind() == kind).collect();
        let done: Vec<u32> = self.notes().done.iter().map(|(n, _)| *n).collect();
        context.or_else(|| owed.iter().map(|owed| owed.n).find(|n| !done.contains(n))).unwrap_or_default()
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Transport for Graph {
    async fn send(&self, _: &str, request: &Request, _: Duration) -> Result<Response, SendError> {
        self.turnstile.pass(Deed::Ask).await;
        if request.method == Method::Get {
            let body = json!({ "state": self.state() }).to_string().into_bytes();
            return Ok(Response { status: 200, body: body.into(), ..Response::default() });
        }
        let kind = kind_of(request);
        let n = self.number(request, kind);
        self.notes().done.push((n, kind));
        let body = json!({ "id": format!("operation-{n}"), "status": "running" }).to_string().into_bytes();
        Ok(Response { status: 200, body: body.into(), ..Response::default() })
    }
}

fn kind_of(request: &Request) -> &'static str {
    match (request.method, request.path.rsplit('/').next().unwrap_or_default()) {
        (Method::Delete, _) => "hang_up",
        (_, "answer") => "answer",
        (_, "playPrompt") => "play_prompt",
        (_, "recordResponse") => "record_response",
        (_, "subscribeToTone") => "subscribe_to_tone",
        (_, "cancelMediaProcessing") => "cancel_media_processing",
        (_, "transfer") => "transfer",
        (_, other) => panic!("nobody asks for {other} here"),
    }
}

#[async_trait]
impl RecordingStore for Graph {
    async fn keep(&self, _: &CallKey, n: u32, _: &str, _: &RecordingToken) -> Result<Kept, KeepError> {
        self.turnstile.pass(Deed::Ask).await;
        *self.notes().kept.entry(n).or_default() += 1;
        Ok(Kept { n, ms: 1_000, parts: Vec::new() })
    }

    async fn join(&self, _: &CallKey, _: u32, _: &[u32]) -> Result<Kept, KeepError> {
        Err(KeepError::Refused("no recording here is longer than a part".to_owned()))
    }

    async fn forget(&self, _: &CallKey, _: &[u32]) -> Result<(), KeepError> {
        Ok(())
    }

    async fn open(&self, _: &CallKey, _: u32) -> io::Result<Option<Audio>> {
        Ok(None)
    }

    async fn forget_older_than(&self, _: Timestamp) -> io::Result<usize> {
        Ok(0)
    }
}

#[async_trait]
impl Later for Graph {
    async fn bring(&self, _: &Message, _: Timestamp) -> Result<(), LaterError> {
        Ok(())
    }

    async fn put_aside(&self, message: &Message, reason: &str) -> Result<(), LaterError> {
        panic!("{message:?} is put aside: {reason}")
    }
}

impl Clock for Graph {
    fn now(&self) -> Timestamp {
        noon() + self.notes().since_noon
    }

    /// In these scenes nobody waits for time: it passes between them.
    fn sleep_until(&self, _: Timestamp) -> Sleep {
        Box::pin(std::future::pending())
    }
}
