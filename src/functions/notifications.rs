//! `notifications`: the door. Checks the sender, splits the batch, hands each call's notifications to a turn at once, answers.

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use warp::http::StatusCode;

use super::function_of;
use crate::{
    app::App,
    call::{CallKey, Event, GraphCallId},
    clock::after_ms,
    graph::notification::{Item, Post, Reading, read},
    turn::{Address, Arrival, Taken, TurnError, deadline, take},
};

/// The largest body that is read, in bytes.
pub const LARGEST_BODY: usize = 256 * 1024;

/// How long a post may take in all, in milliseconds.
const ANSWERED_WITHIN_MS: u64 = 3_800;

/// How many calls of one post are turned side by side.
const AT_ONCE: usize = 16;

/// The call that a callback URL names: the last part of its path.
#[derive(Debug, Clone, PartialEq)]
pub struct Callback {
    key: CallKey,
    secret: String,
}

/// Takes one post and answers it.
///
/// The order matters: a body is read only so far, a handshake touches nothing, and nothing of a stranger's post takes effect.
pub async fn door(app: Arc<App>, callback: Option<String>, authorization: Option<String>, body: Bytes) -> StatusCode {
    let received = app.clock.now();
    let callback = match callback.as_deref().map(Callback::parse) {
        Some(None) => return StatusCode::FORBIDDEN,
        Some(Some(callback)) => Some(callback),
        None => None,
    };
    let post = read(&body, callback.as_ref().map(Callback::key));
    if let Ok(Post::Empty | Post::Legacy) = post {
        return StatusCode::NO_CONTENT;
    }
    let tenant = match app.sender.check(authorization.as_deref()).await {
        Ok(checked) => checked.tenant,
        Err(refusal) => {
            tracing::warn!(function = "notifications", "a post was refused: {refusal}");
            return StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::UNAUTHORIZED);
        }
    };
    let items = match post {
        Ok(Post::Batch(items)) => items,
        Ok(Post::Empty | Post::Legacy) => return StatusCode::NO_CONTENT,
        Err(error) => {
            tracing::warn!(function = "notifications", "a post cannot be read: {error}");
            return StatusCode::BAD_REQUEST;
        }
    };
    deal_with(&app, items, callback.as_ref(), &tenant, received).await
}

impl Callback {
    /// Reads `{call key}.{32 hex digits}`.
    pub fn parse(text: &str) -> Option<Self> {
        let (key, secret) = text.split_once('.')?;
        let key = CallKey::parse(key).ok()?;
        (secret.len() == 32).then(|| Self { key, secret: secret.to_owned() })
    }

    /// The call.
    pub fn key(&self) -> &CallKey {
        &self.key
    }
}

/// Deals with what a post holds whose sender is known and may post, and says what to answer.
pub async fn deal_with(
    app: &App,
    items: Vec<Item>,
    callback: Option<&Callback>,
    tenant: &str,
    received: Timestamp,
) -> StatusCode {
    let calls = by_call(items, callback, tenant, received);
    let in_time = app.clock.sleep_until(after_ms(received, ANSWERED_WITHIN_MS));
    tokio::select! {
        status = turn_all(app, calls, received) => status,
        _ = in_time => {
            tracing::error!(function = "notifications", outcome = "possible_loss", "a post could not be dealt with in time");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

/// The events of a post, call by call, each in the order it came. What cannot be read is logged and left out.
fn by_call(items: Vec<Item>, callback: Option<&Callback>, tenant: &str, at: Timestamp) -> Vec<(Address, Vec<Arrival>)> {
    let mut calls: Vec<(Address, Vec<Arrival>)> = Vec::new();
    let mut places: HashMap<Option<GraphCallId>, usize> = HashMap::new();
    for item in items {
        let Some(event) = event_of(item.reading) else { continue };
        let address = match (callback, &item.call) {
            (Some(callback), graph_id) => {
                Address::Callback { key: callback.key.clone(), secret: callback.secret.clone(), graph_id: graph_id.clone() }
            }
            (None, Some(graph_id)) => Address::Webhook { graph_id: graph_id.clone(), tenant: tenant.to_owned() },
            (None, None) => {
                tracing::warn!(function = "notifications", "a notification does not say which call it is about");
                continue;
            }
        };
        let place = *places.entry(item.call).or_insert(calls.len());
        if place == calls.len() {
            calls.push((address, Vec::new()));
        }
        calls[place].1.push(Arrival { event, at });
    }
    calls
}

fn event_of(reading: Reading) -> Option<Event> {
    match reading {
        Reading::Event(event) => Some(event),
        Reading::Other(what) => {
            tracing::debug!(function = "notifications", "nothing to do about {what}");
            None
        }
        Reading::Unreadable(why) => {
            tracing::warn!(function = "notifications", "a notification cannot be read: {why}");
            None
        }
    }
}

/// Turns each call, side by side, and says what the post comes to.
async fn turn_all(app: &App, calls: Vec<(Address, Vec<Arrival>)>, received: Timestamp) -> StatusCode {
    let turns = calls.into_iter().map(|(address, arrivals)| async move {
        let taken = take(app, &address, &arrivals, deadline(received)).await;
        report(app, &address, &arrivals, &taken, received);
        taken
    });
    let all: Vec<_> = stream::iter(turns).buffer_unordered(AT_ONCE).collect().await;
    status(&all)
}

/// One item that could not be kept is a possible loss; a URL that nothing may come to is refused; all else was taken.
fn status(all: &[Result<Taken, TurnError>]) -> StatusCode {
    let is_lost = all.iter().any(|taken| taken.as_ref().is_err_and(TurnError::is_passing));
    let is_refused = !all.is_empty() && all.iter().all(|taken| matches!(taken, Ok(Taken::WrongCallback)));
    match (is_lost, is_refused) {
        (true, _) => StatusCode::SERVICE_UNAVAILABLE,
        (false, true) => StatusCode::FORBIDDEN,
        (false, false) => StatusCode::ACCEPTED,
    }
}

fn report(app: &App, address: &Address, arrivals: &[Arrival], taken: &Result<Taken, TurnError>, received: Timestamp) {
    let call = address.call();
    let function =
        arrivals.first().and_then(|arrival| function_of(&arrival.event)).map_or("notifications", |function| function.name);
    let duration_ms = app.clock.now().duration_since(received).as_millis() as u64;
    match taken {
        Ok(taken) => tracing::info!(function, call, event = function, duration_ms, outcome = taken.name(), "notification taken"),
        Err(error) if error.is_passing() => {
            tracing::error!(function, call, duration_ms, outcome = "possible_loss", "a notification could not be kept: {error}");
        }
        Err(error) => tracing::error!(function, call, duration_ms, outcome = "lost", "a notification was given up: {error}"),
    }
}
