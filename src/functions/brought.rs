//! An event that is brought later, by a queue or by a timer: dealt with like one that Graph has just posted.

use super::wake::{wake, wake_order};
use crate::{
    app::App,
    call::{Address, Event, Message},
    telemetry::{Counted, counting},
    turn::{Taken, TurnError, deadline, take},
};

/// What is to become of an event that was brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dealt {
    /// Nothing more.
    Done,
    /// It is to be brought again.
    Again,
}

/// Deals with an event. One that can never succeed is put aside with its reason: bringing it again would be of no use.
pub async fn deal_with(app: &App, message: &Message) -> Dealt {
    let (call, event) = (message.address.call(), message.arrival.event.function());
    let (taken, cosmos_requests) = counting(turn(app, message)).await;
    match taken {
        Ok(taken) => {
            tracing::info!(call, event, cosmos_requests, outcome = taken.name(), "event taken");
            Dealt::Done
        }
        Err(error) if error.is_passing() => {
            tracing::warn!(call, event, cosmos_requests, outcome = "again", "an event could not be kept: {error}");
            Dealt::Again
        }
        Err(error) => put_aside(app, message, &error).await,
    }
}

async fn put_aside(app: &App, message: &Message, error: &TurnError) -> Dealt {
    let function = message.arrival.event.function().unwrap_or_default();
    app.telemetry.count(Counted::EventsPutAside, 1, &[("switchboard.function", function)]);
    match app.later.put_aside(message, &error.to_string()).await {
        Ok(()) => Dealt::Done,
        Err(failed) => {
            tracing::error!(call = message.address.call(), outcome = "again", "an event cannot be put aside: {failed}");
            Dealt::Again
        }
    }
}

async fn turn(app: &App, message: &Message) -> Result<Taken, TurnError> {
    match (&message.address, &message.arrival.event) {
        (Address::Ours(key), Event::Wake) => wake(app, key).await,
        (Address::Order(order), _) => wake_order(app, order).await,
        _ => {
            let arrivals = std::slice::from_ref(&message.arrival);
            take(app, &message.address, arrivals, deadline(app.clock.now())).await
        }
    }
}
