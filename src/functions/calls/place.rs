//! `POST /api/calls`: a call is placed.

use jiff::Timestamp;
use warp::{http::StatusCode, reply::Response};

use super::{check::check, wanted::Wanted};
use crate::{
    access::Asker,
    app::App,
    call::{Call, CallKey},
    dial::{self, NotPlaced, Refusal},
    functions::api::{
        check::Against,
        identity::{accepted, name_of, request_hash},
        problem::{Fault, Problem},
    },
    turn::deadline,
};

/// Where calls are shown.
const PATH: &str = "/api/calls";

/// Places the call that an order is, unless it is placed already.
pub(super) async fn place(app: &App, asker: &Asker, name: &str, wanted: Wanted) -> Result<Response, Problem> {
    let key = CallKey::parse(&name_of("call", asker, name)).map_err(|_| Problem::not_now())?;
    let request = request_hash(&wanted);
    if let Some(same) = placed_before(app, &key, &request).await? {
        return same;
    }
    let flow = app.flows.named(&wanted.flow).await.map_err(|error| {
        tracing::error!(function = "calls", call = %key, "the flow cannot be had: {error}");
        Problem::not_now()
    })?;
    let against = Against { flow: flow.as_deref(), can_seal: app.secrets.has_key(), home: &app.home_tenant };
    let checked = check(&wanted, request.clone(), against).map_err(Problem::invalid)?;
    let Some(flow) = flow else { return Err(Problem::not_now()) };
    let terms = app.terms(&checked.tenant, &flow);
    let now = app.clock.now();
    let call = Call::placing(key.clone(), checked.placing, wanted.variables, terms, now);
    match dial::place(app, call, flow, deadline(now)).await {
        Ok(true) => {
            tracing::info!(function = "calls", call = %key, outcome = "accepted", "a call is placed");
            Ok(accepted(PATH, key.as_str()))
        }
        // Somebody was faster with the same order, or with another of its name.
        Ok(false) => placed_before(app, &key, &request).await?.unwrap_or_else(|| Err(Problem::not_now())),
        Err(NotPlaced::Refused(refusal)) => {
            dial::note(app, key.as_str(), &wanted.flow, refusal).await;
            Err(refused(refusal, now))
        }
        Err(NotPlaced::Turn(error)) => {
            tracing::error!(function = "calls", call = %key, "a call could not be kept, and is not placed: {error}");
            Err(Problem::not_now())
        }
    }
}

/// The answer, where there is a call of this key already.
async fn placed_before(app: &App, key: &CallKey, request: &str) -> Result<Option<Result<Response, Problem>>, Problem> {
    let stored = app.store.load(key, app.clock.now()).await.map_err(|error| Problem::unavailable(&error))?;
    let is_same = |call: &Call| call.placing.as_ref().is_some_and(|placing| placing.request == request);
    Ok(stored.map(|stored| match is_same(&stored.call) {
        true => Ok(accepted(PATH, key.as_str())),
        false => Err(Problem::other_order()),
    }))
}

fn refused(refusal: Refusal, now: Timestamp) -> Problem {
    let problem = |status, title| Problem::new(status, refusal.name(), title).detail(refusal.to_string());
    let at = |problem: Problem, field: String| problem.faults(vec![Fault::new(field, refusal.to_string())]);
    match refusal {
        Refusal::Stopped => problem(StatusCode::SERVICE_UNAVAILABLE, "Calling out is stopped."),
        Refusal::Target { index } => {
            at(problem(StatusCode::FORBIDDEN, "The bot may not call them."), format!("/targets/{index}"))
        }
        Refusal::Meeting | Refusal::ForeignMeeting => {
            at(problem(StatusCode::FORBIDDEN, "The bot may not join the meeting."), "/meeting".to_owned())
        }
        Refusal::Joined => at(problem(StatusCode::CONFLICT, "The meeting is joined already."), "/meeting".to_owned()),
        Refusal::TooFast { again } => {
            problem(StatusCode::TOO_MANY_REQUESTS, "Too many calls within a minute.").again_after(seconds(now, again))
        }
        Refusal::MonthSpent { again } => {
            problem(StatusCode::TOO_MANY_REQUESTS, "Too many calls within a month.").again_after(seconds(now, again))
        }
        Refusal::TooMany => problem(StatusCode::TOO_MANY_REQUESTS, "Too many calls at once.").again_after(30),
    }
}

/// How long until then, in whole seconds, rounded up.
fn seconds(now: Timestamp, then: Timestamp) -> u64 {
    u64::try_from(then.duration_since(now).as_secs()).unwrap_or_default() + 1
}
