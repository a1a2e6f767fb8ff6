//! The simulated platform without its server: what the bot asks of it is handed straight over.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard::{
    call::{CallKey, Kept, Message, RecordingToken},
    clock::Clock,
    graph::{
        request::{Method, Request},
        transport::{Response, SendError, Transport},
    },
    later::{Later, LaterError},
    media::{Audio, KeepError, RecordingStore, wav},
    simulator::{self, setup::Setup, world::World},
};

use super::time::Time;
use crate::world::gate::{Deed, Gate};

/// The platform, where the bot's recordings are kept, and what it has put off.
#[derive(Clone)]
pub(super) struct Teams {
    pub(super) time: Time,
    state: Arc<Mutex<State>>,
}

pub(super) struct State {
    pub(super) world: World,
    /// How long each recording is that was kept, in milliseconds.
    pub(super) kept: BTreeMap<(CallKey, u32), u32>,
    /// What is to be brought to the bot, and when.
    pub(super) later: Vec<(Timestamp, Message)>,
}

impl Teams {
    pub(super) fn new(time: Time) -> Self {
        let state = State { world: World::new(Setup::default()), kept: BTreeMap::new(), later: Vec::new() };
        Self { time, state: Arc::new(Mutex::new(state)) }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Transport for Teams {
    async fn send(&self, _: &str, request: &Request, _: Duration) -> Result<Response, SendError> {
        self.time.pass(Deed::Ask).await;
        let asked = simulator::wire::Request {
            method: match request.method {
                Method::Get => "GET",
                Method::Post => "POST",
                Method::Delete => "DELETE",
            }
            .to_owned(),
            path: request.path.clone(),
            body: request.body.clone(),
        };
        let reply = self.state().world.request(&asked, self.time.now());
        if reply.lost {
            return Err(SendError::NoReply("the reply was lost".to_owned()));
        }
        let body = reply.body.map_or_else(Vec::new, |body| body.to_string().into_bytes());
        let retry_after = reply.retry_after.map(|seconds| seconds.to_string());
        Ok(Response { status: reply.status, retry_after, body: body.into(), ..Response::default() })
    }
}

#[async_trait]
impl RecordingStore for Teams {
    async fn keep(&self, call: &CallKey, n: u32, location: &str, token: &RecordingToken) -> Result<Kept, KeepError> {
        self.time.pass(Deed::Ask).await;
        let place = (call.clone(), n);
        let mut state = self.state();
        if let Some(ms) = state.kept.get(&place) {
            return Ok(Kept { n, ms: *ms, parts: Vec::new() });
        }
        let path = location.rsplit('/').next().unwrap_or_default();
        let sound = state.world.recording(path, token.expose(), self.time.now());
        let sound = sound.map_err(|status| KeepError::Refused(status.to_string()))?;
        let ms = wav::length_ms(&sound, sound.len() as u64).ok_or_else(|| KeepError::Refused("no WAV".to_owned()))?;
        state.kept.insert(place, ms);
        Ok(Kept { n, ms, parts: Vec::new() })
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
impl Later for Teams {
    async fn bring(&self, message: &Message, at: Timestamp) -> Result<(), LaterError> {
        self.time.pass(Deed::Ask).await;
        self.state().later.push((at, message.clone()));
        Ok(())
    }

    async fn put_aside(&self, message: &Message, reason: &str) -> Result<(), LaterError> {
        panic!("{message:?} is put aside: {reason}")
    }
}
