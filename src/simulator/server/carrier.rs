//! Carries effects out into the world, lets time pass, and reports back.

use std::{sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use reqwest::{Client, Response, header::CONTENT_TYPE, redirect};
use serde_json::Value;
use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinSet,
};

use super::{
    super::{
        clock::{Hold, Sleep},
        wire::{Effect, Fetched, Posted},
        world::World,
    },
    platform::{Errand, Platform},
};

/// How long the bot has to answer, in real time on every clock.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The longest prompt taken, in bytes.
const LONGEST_PROMPT: usize = 20_000_000;

/// The platform's name in its requests.
const USER_AGENT: &str = "Microsoft-Skype/3.0,(Calling/1.0)";

/// How many flights at once. Where the bot runs in the same process each costs up to four descriptors, its own request to Graph
/// included, and some systems allow 256.
const AT_ONCE: usize = 50;

/// Does the platform's errands.
pub(super) struct Carrier {
    platform: Arc<Platform>,
    client: Client,
    lanes: Semaphore,
}

impl Carrier {
    /// One that goes straight to the bot and brings back what it is told, redirects too.
    pub(super) fn new(platform: Arc<Platform>) -> Result<Self, reqwest::Error> {
        let client =
            Client::builder().user_agent(USER_AGENT).timeout(TIMEOUT).redirect(redirect::Policy::none()).no_proxy().build()?;
        Ok(Self { platform, client, lanes: Semaphore::new(AT_ONCE) })
    }

    /// Runs errands until aborted; what is in flight ends with it.
    pub(super) async fn run(self: Arc<Self>, mut errands: mpsc::UnboundedReceiver<Errand>) {
        let mut flights = JoinSet::new();
        let mut alarm = never();
        loop {
            tokio::select! {
                biased;
                Some(errand) = errands.recv() => match errand {
                    Errand::Carry(effect, hold) => {
                        flights.spawn(Arc::clone(&self).carry(effect, hold));
                    }
                    Errand::WakeAt(sleep) => alarm = sleep.unwrap_or_else(never),
                },
                hold = &mut alarm => {
                    alarm = never();
                    self.platform.wake();
                    drop(hold);
                }
                Some(_) = flights.join_next() => {}
            }
        }
    }

    /// One flight; the hold ends after all that followed from it has been handed on.
    async fn carry(self: Arc<Self>, effect: Effect, hold: Hold) {
        let lane = self.lanes.acquire().await;
        match effect {
            Effect::Post { id, url, body, tenant } => {
                let posted = self.post(&url, &body, &tenant).await;
                let call = call_named(&body).map(str::to_owned);
                let report = |world: &mut World, now| world.post_answered(id, posted, now);
                self.platform.landed(call, report);
            }
            Effect::Fetch { id, url } => {
                let fetched = self.fetch(&url).await;
                let report = |world: &mut World, now| world.fetched(id, fetched, now);
                self.platform.landed(None, report);
            }
        }
        drop((lane, hold));
    }

    async fn post(&self, url: &str, body: &Value, tenant: &str) -> Posted {
        let parts = &self.platform.parts;
        let token = parts.senders.token(tenant, parts.clock.now());
        // One for all posts about a call; the platform takes the call's first chain id.
        let scenario = call_named(body).map_or_else(|| parts.ids.uuid(), str::to_owned);
        let request = self
            .client
            .post(url)
            .bearer_auth(token)
            .header("Scenario-ID", scenario)
            .header("X-Microsoft-Skype-Message-ID", parts.ids.uuid())
            .header(CONTENT_TYPE, "application/json; charset=utf-8")
            .body(body.to_string());
        match request.send().await {
            Ok(response) => {
                let status = response.status().as_u16();
                // Read to its end so that the connection can serve again.
                drop(response.bytes().await);
                Posted::Answered(status)
            }
            Err(_) => Posted::Failed,
        }
    }

    async fn fetch(&self, url: &str) -> Fetched {
        let Ok(response) = self.client.get(url).send().await else {
            return Fetched::Failed(0);
        };
        match response.status().as_u16() {
            200 => {}
            status => return Fetched::Failed(status),
        }
        let is_wav_type = is_wav(&response);
        match read(response).await {
            Some(bytes) => Fetched::File { bytes, is_wav_type },
            None => Fetched::Failed(0),
        }
    }
}

fn never() -> Sleep {
    Box::pin(std::future::pending())
}

fn is_wav(response: &Response) -> bool {
    let media_type = response.headers().get(CONTENT_TYPE);
    let media_type = media_type.and_then(|value| value.to_str().ok());
    matches!(media_type, Some("audio/wav" | "audio/x-wav"))
}

/// The whole body, unless it breaks off or is too long.
async fn read(mut response: Response) -> Option<Bytes> {
    let mut whole = BytesMut::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if whole.len() + chunk.len() > LONGEST_PROMPT {
            return None;
        }
        whole.extend_from_slice(&chunk);
    }
    Some(whole.freeze())
}

/// The call that a post is about, as it is written there; `None` in the legacy shape.
fn call_named(body: &Value) -> Option<&str> {
    let url = body["value"][0]["resourceUrl"].as_str()?;
    url.trim_start_matches('/').split('/').nth(2)
}
