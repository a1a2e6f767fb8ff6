//! What a Functions host invokes by itself: the functions with a queue, and the timer's.
//!
//! A failure is answered 500, so that the host brings the message again. One that can never be read fails each time until the host
//! moves it to the poison queue, with its reason in the log: answered 200 it would be gone without a trace.

use std::sync::Arc;

use bytes::Bytes;
use tracing::{Instrument, info_span};

use super::{FUNCTIONS, Function, function_of, housekeeping, wake};
use crate::{
    app::App,
    call::Event,
    host::{Message, messages},
    turn::{Address, Taken, TurnError, deadline, take},
};

/// What the host is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Invoked {
    /// All is done.
    Done,
    /// It is to be brought again.
    Failed,
    /// There is no such function.
    Unknown,
}

/// Runs the function of this name. `id` is the host's name of the invocation, for the log.
pub(super) async fn invoke(app: Arc<App>, name: &str, id: &str, body: &Bytes) -> Invoked {
    let queued = FUNCTIONS.into_iter().find(|function| function.name == name);
    match queued {
        Some(function) => {
            let span = info_span!("function", function = function.name, invocation_id = id);
            queue(&app, function, body).instrument(span).await
        }
        None if name == housekeeping::NAME => {
            let span = info_span!("function", function = housekeeping::NAME, invocation_id = id);
            housekeeping::run(&app).instrument(span).await;
            Invoked::Done
        }
        None => Invoked::Unknown,
    }
}

async fn queue(app: &App, function: Function, body: &Bytes) -> Invoked {
    let messages = match messages(body) {
        Ok(messages) => messages,
        Err(error) => {
            tracing::error!(outcome = "unreadable", "{error}");
            return Invoked::Failed;
        }
    };
    let mut invoked = Invoked::Done;
    for message in &messages {
        if !deal_with(app, function, message).await {
            invoked = Invoked::Failed;
        }
    }
    invoked
}

/// Takes one message; `false` where it must come again.
async fn deal_with(app: &App, function: Function, message: &Message) -> bool {
    let event = function_of(&message.arrival.event).map_or("none", |function| function.name);
    if event != function.name {
        tracing::warn!(event, "the event came by another queue than its own");
    }
    let call = message.address.call();
    match turn(app, message).await {
        Ok(taken) => {
            tracing::info!(call, event, outcome = taken.name(), "event taken from the queue");
            true
        }
        Err(error) => {
            tracing::error!(call, event, outcome = "again", "an event could not be kept: {error}");
            false
        }
    }
}

async fn turn(app: &App, message: &Message) -> Result<Taken, TurnError> {
    match (&message.address, &message.arrival.event) {
        (Address::Ours(key), Event::Wake) => wake::wake(app, key).await,
        _ => {
            let arrivals = std::slice::from_ref(&message.arrival);
            take(app, &message.address, arrivals, deadline(app.clock.now())).await
        }
    }
}
