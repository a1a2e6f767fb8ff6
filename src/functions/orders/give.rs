//! `POST`: an order is kept, and begins; `DELETE`: it is stopped.

use warp::{
    http::StatusCode,
    reply::{Reply, Response},
};

use super::{check::check, unknown_order, wanted::Wanted};
use crate::{
    access::Asker,
    app::App,
    call::{OrderId, Placing},
    dial::{self, Refusal, STOP, allow::allow},
    functions::api::{
        check::Against,
        identity::{accepted, name_of, request_hash},
        problem::{Fault, Problem},
    },
    order::{Event, Order, Plan},
    ordering,
};

/// Where orders are shown.
const PATH: &str = "/api/orders";

/// Keeps a new order, unless it is kept already, and has it begun.
pub(super) async fn give(app: &App, asker: &Asker, name: &str, wanted: Wanted) -> Result<Response, Problem> {
    let id = OrderId::parse(&name_of("order", asker, name)).map_err(|_| Problem::not_now())?;
    let request = request_hash(&wanted);
    if let Some(same) = given_before(app, &id, &request).await? {
        return same;
    }
    let flow = app.flows.named(&wanted.flow).await.map_err(|error| {
        tracing::error!(function = "orders", order = %id, "the flow cannot be had: {error}");
        Problem::not_now()
    })?;
    let against = Against { flow: flow.as_deref(), can_seal: app.secrets.has_key(), home: &app.home_tenant };
    let plan = check(wanted, against, |hook| app.hooks.know(hook)).map_err(Problem::invalid)?;
    may_be_given(app, &id, &plan).await?;
    let kept_for_s = app.limits.call_retention_days * 86_400;
    let order = Order::new(id.clone(), plan, request.clone(), kept_for_s, app.clock.now());
    match ordering::create(app, &order).await {
        Ok(true) => {
            tracing::info!(function = "orders", order = %id, outcome = "accepted", "an order is given");
            ordering::wake_soon(app, &id).await;
            Ok(accepted(PATH, id.as_str()))
        }
        // Somebody was faster with the same order, or with another of its name.
        Ok(false) => given_before(app, &id, &request).await?.unwrap_or_else(|| Err(Problem::not_now())),
        Err(error) => Err(Problem::unavailable(&error)),
    }
}

/// `DELETE /api/orders/{id}`: nobody is rung any more, and the calls that go on are ended.
pub(super) async fn stop(app: &App, id: &OrderId) -> Result<Response, Problem> {
    let stored = ordering::load(app, id).await.map_err(|error| Problem::unavailable(&error))?;
    let order = stored.ok_or_else(unknown_order)?.order;
    if order.conclusion.is_some() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    match ordering::take(app, id, Event::StopAsked).await {
        Ok(_) => Ok(StatusCode::ACCEPTED.into_response()),
        Err(error) => {
            tracing::error!(function = "orders", order = %id, "an order could not be stopped: {error}");
            Err(Problem::not_now())
        }
    }
}

/// The answer, where there is an order of this id already.
async fn given_before(app: &App, id: &OrderId, request: &str) -> Result<Option<Result<Response, Problem>>, Problem> {
    let stored = ordering::load(app, id).await.map_err(|error| Problem::unavailable(&error))?;
    let Some(stored) = stored else { return Ok(None) };
    if stored.order.request != request {
        return Ok(Some(Err(Problem::other_order())));
    }
    // Whoever kept it may have ended before it began.
    ordering::wake_soon(app, id).await;
    Ok(Some(Ok(accepted(PATH, id.as_str()))))
}

/// What each call of an order will be asked is asked of all of them beforehand, so that an order is not kept that could ring nobody.
async fn may_be_given(app: &App, id: &OrderId, plan: &Plan) -> Result<(), Problem> {
    let stopped = app.dialling.is_stopped || app.store.is_on(STOP).await.map_err(|error| Problem::unavailable(&error))?;
    if stopped {
        let refusal = Refusal::Stopped;
        refuse(app, id, plan, refusal).await;
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, refusal.name(), "Calling out is stopped.");
        return Err(problem.detail(refusal.to_string()));
    }
    let refused = |(n, person): (usize, &crate::order::Person)| {
        let placing = Placing {
            targets: vec![person.target.clone()],
            source: plan.source.clone(),
            meeting: None,
            ring_s: plan.ring_s,
            request: String::new(),
            tries: Vec::new(),
        };
        Some((n, allow(&placing, &app.dialling.allow, &app.tenants).err()?))
    };
    let refusals: Vec<(usize, Refusal)> = plan.people.iter().enumerate().filter_map(refused).collect();
    let Some((_, first)) = refusals.first() else { return Ok(()) };
    refuse(app, id, plan, *first).await;
    let faults = refusals.iter().map(|(n, refusal)| Fault::new(format!("/people/{n}"), refusal.to_string()));
    Err(Problem::new(StatusCode::FORBIDDEN, "not_allowed", "The bot may not call them.").faults(faults.collect()))
}

/// Tells of an order that is not taken.
async fn refuse(app: &App, id: &OrderId, plan: &Plan, refusal: Refusal) {
    tracing::warn!(function = "orders", order = %id, outcome = refusal.name(), "an order was not taken: {refusal}");
    dial::note(app, id.as_str(), &plan.flow, refusal).await;
}
