//! Carries effects out into the world, lets time pass, and reports back.

use std::{sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use reqwest::{Client, Response, header::CONTENT_TYPE, redirect};
use serde_json::Value;
use tokio::{sync::mpsc, task::JoinSet};

use super::{
    super::{
        clock::{Hold, Sleep},
        wire::{Effect, Fetched, Posted},
    },
    platform::{Errand, Platform},
};

/// How long the bot has to answer, in real time on every clock.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The longest prompt taken, in bytes.
const LONGEST_PROMPT: usize = 20_000_000;

/// The platform's name in its requests.
const USER_AGENT: &str = "Microsoft-Skype/3.0,(Calling/1.0)";

/// A client that goes straight to the bot and answers for what it is told, redirects too.
pub(super) fn client() -> Result<Client, reqwest::Error> {
    Client::builder().user_agent(USER_AGENT).timeout(TIMEOUT).redirect(redirect::Policy::none()).no_proxy().build()
}

/// Runs errands until aborted; what is in flight ends with it.
pub(super) async fn run(platform: Arc<Platform>, client: Client, mut errands: mpsc::UnboundedReceiver<Errand>) {
    let mut flights = JoinSet::new();
    let mut alarm = never();
    loop {
        tokio::select! {
            biased;
            Some(errand) = errands.recv() => match errand {
                Errand::Carry(effect, hold) => {
                    flights.spawn(carry(Arc::clone(&platform), client.clone(), effect, hold));
                }
                Errand::WakeAt(sleep) => alarm = sleep.unwrap_or_else(never),
            },
            hold = &mut alarm => {
                alarm = never();
                platform.wake();
                drop(hold);
            }
            Some(_) = flights.join_next() => {}
        }
    }
}

fn never() -> Sleep {
    Box::pin(std::future::pending())
}

/// One flight; the hold ends after all that followed from it has been handed on.
async fn carry(platform: Arc<Platform>, client: Client, effect: Effect, hold: Hold) {
    match effect {
        Effect::Post { id, url, body, tenant } => {
            let call = call_named(&body).map(str::to_owned);
            let posted = post(&platform, &client, &url, &body, &tenant).await;
            platform.landed(call, |world, now| world.post_answered(id, posted, now));
        }
        Effect::Fetch { id, url } => {
            let fetched = fetch(&client, &url).await;
            platform.landed(None, |world, now| world.fetched(id, fetched, now));
        }
    }
    drop(hold);
}

async fn post(platform: &Platform, client: &Client, url: &str, body: &Value, tenant: &str) -> Posted {
    let parts = &platform.parts;
    let token = parts.senders.token(tenant, parts.clock.now());
    // One for all posts about a call; the platform takes the call's first chain id.
    let scenario = call_named(body).map_or_else(|| parts.ids.uuid(), str::to_owned);
    let request = client
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

async fn fetch(client: &Client, url: &str) -> Fetched {
    let Ok(response) = client.get(url).send().await else {
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
