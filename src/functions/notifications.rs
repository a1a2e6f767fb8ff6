//! `notifications`: the door. Checks the sender, splits the batch, hands each call's notifications to a turn at once, answers.

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use warp::http::StatusCode;

use crate::{
    app::App,
    call::{Address, Arrival, CallKey, CallbackSecret, Event, GraphCallId, Message},
    clock::after_ms,
    graph::notification::{Item, Post, Reading, read},
    telemetry::{Counted, HURRIED, counting},
    turn::{Taken, TurnError, deadline, take},
};

/// The largest body that is read, in bytes.
pub const LARGEST_BODY: usize = 256 * 1024;

/// How much longer than a turn may ask things of Graph it may take to write down what came of it, in milliseconds.
const GRACE_MS: u64 = 100;

/// How long until an event that could not be kept is brought to its function, in milliseconds.
const PUT_OFF_MS: u64 = 1_000;

/// How long a post may wait for its answer, in milliseconds.
const ANSWERED_MS: u64 = 4_000;

/// How many calls of one post are turned side by side.
const AT_ONCE: usize = 16;

/// The call that a callback URL names: the last part of its path.
#[derive(Debug, Clone, PartialEq)]
pub struct Callback {
    key: CallKey,
    secret: CallbackSecret,
    number: Option<u8>,
}

/// Takes one post and answers it, once what is to be told of it has been told, if that is quick.
pub async fn door(app: Arc<App>, callback: Option<String>, authorization: Option<String>, body: Bytes) -> StatusCode {
    let received = app.clock.now();
    let status = Box::pin(answer(&app, callback, authorization, body, received)).await;
    app.telemetry.count(Counted::DoorAnswers, 1, &[("http.response.status_code", status.as_str())]);
    let left = after_ms(received, ANSWERED_MS).duration_since(app.clock.now());
    app.telemetry.flush(HURRIED.min(left.try_into().unwrap_or_default())).await;
    status
}

/// The order matters: a body is read only so far, a handshake touches nothing, and nothing of a stranger's post takes effect.
async fn answer(
    app: &App,
    callback: Option<String>,
    authorization: Option<String>,
    body: Bytes,
    received: Timestamp,
) -> StatusCode {
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
    deal_with(app, items, callback.as_ref(), &tenant, received).await
}

impl Callback {
    /// Reads `{call key}.{32 hex digits}`, and of a call that the bot placed `.{number of the request}` after it.
    pub fn parse(text: &str) -> Option<Self> {
        let (key, secret) = text.split_once('.')?;
        let (secret, number) = match secret.split_once('.') {
            Some((secret, number)) => (secret, Some(number.parse().ok()?)),
            None => (secret, None),
        };
        Some(Self { key: CallKey::parse(key).ok()?, secret: CallbackSecret::parse(secret).ok()?, number })
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
    let dealt = calls.into_iter().map(|(address, arrivals)| deal_with_one(app, address, arrivals, received));
    let all: Vec<Dealt> = stream::iter(dealt).buffer_unordered(AT_ONCE).collect().await;
    status(&all)
}

/// The events of a post, call by call, each in the order it came. What cannot be read is logged and left out.
fn by_call(items: Vec<Item>, callback: Option<&Callback>, tenant: &str, at: Timestamp) -> Vec<(Address, Vec<Arrival>)> {
    let mut calls: Vec<(Address, Vec<Arrival>)> = Vec::new();
    let mut places: HashMap<Option<GraphCallId>, usize> = HashMap::new();
    for item in items {
        let Some(event) = event_of(item.reading) else { continue };
        let address = match (callback, &item.call) {
            (Some(callback), graph_id) => {
                let Callback { key, secret, number } = callback.clone();
                Address::Callback { key, secret, graph_id: graph_id.clone(), number }
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

/// What became of the events of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dealt {
    /// They were taken, or there is nothing to take.
    Taken,
    /// They will be.
    PutOff,
    /// The URL is not the call's.
    Refused,
    /// They could be kept nowhere.
    Lost,
}

/// Takes a turn with the events of one call, and puts off what cannot be kept now.
async fn deal_with_one(app: &App, address: Address, arrivals: Vec<Arrival>, received: Timestamp) -> Dealt {
    let too_late = app.clock.sleep_until(after_ms(deadline(received), GRACE_MS));
    let in_time = async {
        tokio::select! {
            biased;
            taken = take(app, &address, &arrivals, deadline(received)) => Some(taken),
            _ = too_late => None,
        }
    };
    let (taken, cosmos_requests) = counting(in_time).await;
    let dealt = match &taken {
        Some(Ok(Taken::WrongCallback)) => Dealt::Refused,
        Some(Ok(_)) => Dealt::Taken,
        Some(Err(error)) if !error.is_passing() => put_aside(app, &address, &arrivals, error).await,
        Some(Err(_)) | None => put_off(app, &address, &arrivals).await,
    };
    report(app, &address, &arrivals, taken.as_ref(), dealt, Cost { received, cosmos_requests });
    dealt
}

/// Has the events brought to their own functions.
async fn put_off(app: &App, address: &Address, arrivals: &[Arrival]) -> Dealt {
    let soon = after_ms(app.clock.now(), PUT_OFF_MS);
    let mut dealt = Dealt::PutOff;
    for arrival in arrivals {
        let message = Message { address: address.clone(), arrival: arrival.clone() };
        if let Err(error) = app.later.bring(&message, soon).await {
            tracing::error!(function = "notifications", call = address.call(), "an event cannot be put off: {error}");
            dealt = Dealt::Lost;
        }
    }
    dealt
}

/// Puts aside events that can never be dealt with: bringing them again would be of no use.
async fn put_aside(app: &App, address: &Address, arrivals: &[Arrival], error: &TurnError) -> Dealt {
    let mut dealt = Dealt::Taken;
    for arrival in arrivals {
        let message = Message { address: address.clone(), arrival: arrival.clone() };
        if let Err(failed) = app.later.put_aside(&message, &error.to_string()).await {
            tracing::error!(function = "notifications", call = address.call(), "an event cannot be put aside: {failed}");
            dealt = Dealt::Lost;
        }
    }
    app.telemetry.count(Counted::EventsPutAside, arrivals.len() as u64, &[("switchboard.function", function(arrivals))]);
    dealt
}

fn function(arrivals: &[Arrival]) -> &'static str {
    arrivals.first().and_then(|arrival| arrival.event.function()).unwrap_or("notifications")
}

/// What could be kept nowhere is a possible loss; a URL that nothing may come to is refused; all else was taken.
fn status(all: &[Dealt]) -> StatusCode {
    let is_lost = all.contains(&Dealt::Lost);
    let is_refused = !all.is_empty() && all.iter().all(|dealt| *dealt == Dealt::Refused);
    match (is_lost, is_refused) {
        (true, _) => StatusCode::SERVICE_UNAVAILABLE,
        (false, true) => StatusCode::FORBIDDEN,
        (false, false) => StatusCode::ACCEPTED,
    }
}

/// What a turn took, for the log.
struct Cost {
    received: Timestamp,
    cosmos_requests: Option<u64>,
}

fn report(
    app: &App,
    address: &Address,
    arrivals: &[Arrival],
    taken: Option<&Result<Taken, TurnError>>,
    dealt: Dealt,
    cost: Cost,
) {
    let function = function(arrivals);
    let (call, event, cosmos_requests) = (address.call(), function, cost.cosmos_requests);
    let duration_ms = app.clock.now().duration_since(cost.received).as_millis() as u64;
    let why = match taken {
        Some(Ok(taken)) => {
            tracing::info!(function, call, event, cosmos_requests, duration_ms, outcome = taken.name(), "notification taken");
            return;
        }
        Some(Err(error)) => error.to_string(),
        None => "no time".to_owned(),
    };
    match dealt {
        Dealt::PutOff => {
            let outcome = "put_off";
            tracing::warn!(
                function,
                call,
                event,
                cosmos_requests,
                duration_ms,
                outcome,
                "a notification comes again later: {why}"
            );
        }
        Dealt::Lost => {
            let outcome = "possible_loss";
            tracing::error!(function, call, event, cosmos_requests, duration_ms, outcome, "a notification was not kept: {why}");
        }
        Dealt::Taken | Dealt::Refused => {
            let outcome = "put_aside";
            tracing::error!(function, call, event, cosmos_requests, duration_ms, outcome, "a notification was given up: {why}");
        }
    }
}
