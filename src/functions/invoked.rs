//! What a Functions host invokes by itself: the functions with a queue, and the timer's.
//!
//! A failure is answered 500, so that the host brings the message again. One that can never be read is put on the poison queue at
//! once, with its reason; only where even that fails is it left to the host, which does so after its last try.

use bytes::Bytes;
use tracing::{Instrument, info_span};

use super::{
    FUNCTIONS, Function,
    brought::{Dealt, deal_with},
    housekeeping,
};
use crate::{
    app::App,
    call::Message,
    host::{self, Unreadable},
    telemetry::Counted,
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
pub(super) async fn invoke(app: &App, name: &str, id: &str, body: &Bytes) -> Invoked {
    let queued = FUNCTIONS.into_iter().find(|function| function.name == name);
    match queued {
        Some(function) => {
            let span = info_span!("function", function = function.name, invocation_id = id);
            queue(app, function, body).instrument(span).await
        }
        None if name == housekeeping::NAME => {
            let span = info_span!("function", function = housekeeping::NAME, invocation_id = id);
            housekeeping::run(app).instrument(span).await;
            Invoked::Done
        }
        None => Invoked::Unknown,
    }
}

async fn queue(app: &App, function: Function, body: &Bytes) -> Invoked {
    let text = match host::text(body) {
        Ok(text) => text,
        Err(error) => {
            tracing::error!(outcome = "unreadable", "{error}");
            return Invoked::Failed;
        }
    };
    match host::messages(&text) {
        Ok(messages) => take_all(app, function, &messages).await,
        Err(error) => put_aside(app, function, &text, &error).await,
    }
}

async fn take_all(app: &App, function: Function, messages: &[Message]) -> Invoked {
    let mut invoked = Invoked::Done;
    for message in messages {
        let event = message.arrival.event.function();
        if event != Some(function.name) {
            tracing::warn!(event, "the event came by another queue than its own");
        }
        if deal_with(app, message).await == Dealt::Again {
            invoked = Invoked::Failed;
        }
    }
    invoked
}

async fn put_aside(app: &App, function: Function, text: &str, error: &Unreadable) -> Invoked {
    app.telemetry.count(Counted::EventsPutAside, 1, &[("switchboard.function", function.name)]);
    match app.later.put_aside_unread(function.name, text, &error.to_string()).await {
        Ok(()) => Invoked::Done,
        Err(failed) => {
            tracing::error!(outcome = "unreadable", "{error}; it cannot be put aside: {failed}");
            Invoked::Failed
        }
    }
}
