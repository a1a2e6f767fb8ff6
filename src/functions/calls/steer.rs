//! What is done to a call that is going on: it is told something, or ended.

use std::{collections::BTreeMap, slice};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warp::{
    http::StatusCode,
    reply::{Reply, Response},
};

use super::unknown_call;
use crate::{
    app::App,
    call::{Address, Arrival, Call, CallKey, Event, Phase},
    functions::api::{
        check::check_values,
        problem::{Fault, Problem},
        wanted::values,
    },
    turn::{Taken, deadline, take},
};

/// What a call is told: the body of `POST /api/calls/{id}/events`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Steering {
    /// What has happened, by a name that the flow knows.
    #[schemars(regex(pattern = "^[a-z][a-z0-9_]{0,63}$"))]
    pub name: String,
    /// Values for variables that the flow has.
    #[serde(default)]
    #[schemars(schema_with = "values")]
    pub data: BTreeMap<String, String>,
}

/// `POST /api/calls/{id}/events`.
pub(super) async fn steer(app: &App, id: &str, steering: Steering) -> Result<Response, Problem> {
    let (key, call) = load(app, id).await?;
    if is_ending(&call) {
        return Err(over());
    }
    let flow = app.flows.of(&call.flow_version).await.map_err(|error| {
        tracing::error!(function = "calls", call = %key, "the flow cannot be had: {error}");
        Problem::not_now()
    })?;
    let mut faults = Vec::new();
    if !flow.events().contains(steering.name.as_str()) {
        faults.push(Fault::new("/name", "is no event that the flow knows"));
    }
    let may_be_set = |name: &str| call.variables.contains_key(name) && !flow.guards_with(name);
    check_values(&steering.data, "/data", may_be_set, &mut faults);
    if !faults.is_empty() {
        return Err(Problem::invalid(faults));
    }
    match tell(app, key, Event::Steered { name: steering.name, data: steering.data }).await? {
        Taken::Changed => Ok(StatusCode::ACCEPTED.into_response()),
        // It has ended meanwhile.
        _ => Err(over()),
    }
}

/// `DELETE /api/calls/{id}`. A call that is over already is as whoever asks wants it.
pub(super) async fn end(app: &App, id: &str) -> Result<Response, Problem> {
    let (key, call) = load(app, id).await?;
    if call.phase.is_over() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    tell(app, key, Event::EndAsked).await?;
    Ok(StatusCode::ACCEPTED.into_response())
}

async fn load(app: &App, id: &str) -> Result<(CallKey, Call), Problem> {
    let key = CallKey::parse(id).map_err(|_| unknown_call())?;
    let stored = app.store.load(&key, app.clock.now()).await.map_err(|error| Problem::unavailable(&error))?;
    stored.map(|stored| (key, stored.call)).ok_or_else(unknown_call)
}

async fn tell(app: &App, key: CallKey, event: Event) -> Result<Taken, Problem> {
    let now = app.clock.now();
    let arrival = Arrival { event, at: now };
    let (address, named) = (Address::Ours(key.clone()), key);
    take(app, &address, slice::from_ref(&arrival), deadline(now)).await.map_err(|error| {
        tracing::error!(function = "calls", call = %named, "a call could not be told something: {error}");
        Problem::not_now()
    })
}

fn is_ending(call: &Call) -> bool {
    matches!(call.phase, Phase::HangingUp { .. } | Phase::Ended { .. })
}

fn over() -> Problem {
    Problem::new(StatusCode::CONFLICT, "over", "The call is over.")
        .detail("a call that is over, or is ending, can be told nothing")
}
