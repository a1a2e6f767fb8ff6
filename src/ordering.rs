//! An order's turn: load, step, save, act.
//!
//! A loop of its own beside [`crate::turn`], with the same promises. It is shorter, since everything that an order does may be done
//! twice without harm: calls are placed under keys that are known beforehand, and what else is done to them is a turn of theirs. So
//! nobody needs to look whether something had happened, and no request to Graph is an order's own.

mod told;

use std::{slice, time::Duration};

use jiff::Timestamp;

use crate::{
    app::{App, random_bits},
    call::{self, Address, Arrival, Call, CallKey, Message, OrderId, PartOf, Placing},
    clock::after_ms,
    dial::{self, NotPlaced, Refusal},
    hooks::{Notice, client::NOTICE_WITHIN},
    order::{
        Decision, Deed, Event, Order, Outcome, Owed,
        acting::{abandoned, decide, last_start, record},
    },
    store::{Record, RecordId, RecordKind, StoreError, Version},
    turn::{self, Taken, TurnError, deadline},
};

/// How often a save that lost a race is tried again.
const CONFLICTS_BORNE: usize = 32;

/// How long until a call is placed that the limit of calls at once did not let be, in milliseconds. A call that ends makes room sooner.
const ROOM_AFTER_MS: u64 = 10_000;

/// How long until it is looked whether calling out is still stopped, or its month spent, in milliseconds.
const STOPPED_FOR_MS: u64 = 60_000;

/// Why a turn of an order could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Too many others wrote at once.
    #[error("order {0} changed too often to be saved")]
    Contended(OrderId),
}

impl OrderError {
    /// The same may succeed a little later.
    pub fn is_passing(&self) -> bool {
        !matches!(self, Self::Store(StoreError::Corrupt { .. }))
    }
}

/// An order and the version it was read at.
pub struct Stored {
    /// The order.
    pub order: Order,
    version: Version,
}

/// Stores a new order. `false` where there is one of its id already. Its first wake begins it: see [`wake_soon`].
///
/// # Errors
/// [`StoreError`] where it could not be kept.
pub async fn create(app: &App, order: &Order) -> Result<bool, StoreError> {
    match app.store.put_record(&to_record(order)?, None, app.clock.now()).await {
        Ok(_) => Ok(true),
        Err(StoreError::Exists(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Reads an order.
///
/// # Errors
/// [`StoreError`] where that failed.
pub async fn load(app: &App, id: &OrderId) -> Result<Option<Stored>, StoreError> {
    let found = app.store.load_record(&record_id(id)?, app.clock.now()).await?;
    found.map(|(record, version)| Ok(Stored { order: of_record(record)?, version })).transpose()
}

/// The order in a record.
///
/// # Errors
/// [`StoreError::Corrupt`] where there is none.
pub fn of_record(record: Record) -> Result<Order, StoreError> {
    // Not what is there: it could be somebody's number.
    let unreadable = |_| StoreError::Corrupt { what: record.id.to_string(), why: "its JSON does not fit".to_owned() };
    serde_json::from_value(record.body).map_err(unreadable)
}

/// Takes one turn of an order.
///
/// # Errors
/// [`OrderError`] where the event could not be kept: whoever brought it must bring it again.
pub async fn take(app: &App, id: &OrderId, event: Event) -> Result<Taken, OrderError> {
    told::of(app, id, &event, Box::pin(change(app, id, &event))).await
}

/// Folds an event into an order, stores what has changed, and acts.
async fn change(app: &App, id: &OrderId, event: &Event) -> Result<Taken, OrderError> {
    let turn = format!("{:016x}", random_bits() as u64);
    for _ in 0..CONFLICTS_BORNE {
        let Some(Stored { order, version }) = load(app, id).await? else { return Ok(Taken::UnknownCall) };
        let now = app.clock.now();
        let Decision { order: stepped, is_actor } = decide(order.clone(), slice::from_ref(event), &turn, now);
        if stepped == order {
            return Ok(Taken::Unchanged);
        }
        match save(app, &stepped, &version).await {
            Ok(version) => {
                told::if_over(app, order.over_at.is_some(), &stepped);
                go_on(app, Stored { order: stepped, version }, is_actor, &turn).await;
                return Ok(Taken::Changed);
            }
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(OrderError::Contended(id.clone()))
}

/// Takes an order up that a process was at that was killed: its time is over, and its timer is set anew.
///
/// # Errors
/// [`StoreError`] where that failed; housekeeping finds the order all the same.
pub async fn take_over(app: &App, id: &OrderId) -> Result<(), StoreError> {
    let Some(Stored { order, version }) = load(app, id).await? else { return Ok(()) };
    let left = abandoned(&order, app.clock.now()).filter(|_| app.store.is_ours_alone());
    if let Some(left) = &left {
        save(app, left, &version).await?;
    }
    wake_at(app, id, left.as_ref().unwrap_or(&order).due_at()).await;
    Ok(())
}

/// Has an order looked at in a moment, apart from whoever waits for an answer.
pub async fn wake_soon(app: &App, id: &OrderId) {
    wake_at(app, id, Some(app.clock.now())).await;
}

async fn wake_at(app: &App, id: &OrderId, at: Option<Timestamp>) {
    let (Some(at), now) = (at, app.clock.now()) else { return };
    if let Err(error) = app.later.bring(&Message::wake_order(id, now), at.max(now)).await {
        tracing::warn!(order = %id, "the order cannot be woken and waits for housekeeping: {error}");
    }
}

async fn save(app: &App, order: &Order, read: &Version) -> Result<Version, StoreError> {
    app.store.put_record(&to_record(order)?, Some(read), app.clock.now()).await
}

/// The event is kept: what follows can no longer fail, only be done later.
async fn go_on(app: &App, saved: Stored, is_actor: bool, turn: &str) {
    let id = saved.order.id.clone();
    let last = match is_actor {
        true => act(app, saved, turn).await,
        false => Ok(saved.order),
    };
    match last {
        // Who acts sees to it.
        Ok(order) if order.has_actor(app.clock.now()) => {}
        Ok(order) => wake_at(app, &id, order.due_at()).await,
        // Housekeeping finds it when the time of this actor is over.
        Err(error) => tracing::error!(order = %id, "what came of acting could not be stored: {error}"),
    }
}

/// Does what is owed until nothing is that may be done now. Yields the order as it was last stored.
async fn act(app: &App, mut saved: Stored, turn: &str) -> Result<Order, OrderError> {
    loop {
        let outcomes = perform(app, &saved.order).await;
        let (stored, is_actor) = write_down(app, saved, &outcomes, turn).await?;
        saved = stored;
        if !is_actor {
            return Ok(saved.order);
        }
    }
}

/// Does what may be done now, in number order, until there is no more time or a limit is reached.
async fn perform(app: &App, order: &Order) -> Vec<(u32, Outcome)> {
    let mut outcomes = Vec::new();
    let last_start = last_start(order);
    for owed in &order.owed {
        let now = app.clock.now();
        if now >= last_start {
            break;
        }
        if owed.until.is_some_and(|until| until > now) {
            continue;
        }
        let outcome = perform_one(app, order, owed).await;
        tracing::debug!(order = %order.id, action = owed.deed.kind(), n = owed.n, "done what an order owed");
        let is_limit = matches!(outcome, Outcome::PutOff { .. });
        outcomes.push((owed.n, outcome));
        if is_limit {
            break;
        }
    }
    outcomes
}

async fn perform_one(app: &App, order: &Order, owed: &Owed) -> Outcome {
    match &owed.deed {
        Deed::Place { call } => place(app, order, call).await,
        Deed::Tell { call, by } => tell(app, call, call::Event::OrderAcknowledged { by: by.clone() }).await,
        Deed::End { call } => tell(app, call, call::Event::EndAsked).await,
        Deed::Look { call } => match app.store.load(call, app.clock.now()).await {
            Ok(Some(stored)) => Outcome::Found(stored.call.report()),
            Ok(None) => Outcome::Missing,
            Err(_) => Outcome::Failed,
        },
        Deed::Notify { hook, event, at, data } => {
            let (about, n, attempts) = (order.id.as_str(), owed.n, owed.attempts);
            let notice = Notice { about, path: "orders", n, attempts, hook, event, at: *at, data };
            Outcome::Sent(app.hooks.tell(&notice, NOTICE_WITHIN.min(Duration::from_secs(5))).await)
        }
    }
}

/// Places a call of an order, within the limits; it may be there already.
async fn place(app: &App, order: &Order, key: &CallKey) -> Outcome {
    let Some(ring) = order.rings.iter().find(|ring| ring.call == *key) else { return Outcome::Missing };
    let Some(person) = order.plan.people.get(ring.person) else { return Outcome::Missing };
    let flow = match app.flows.of(&order.plan.flow_version).await {
        Ok(flow) => flow,
        Err(error) => {
            tracing::error!(order = %order.id, call = %key, "the flow cannot be had: {error}");
            return Outcome::Failed;
        }
    };
    let placing = Placing {
        targets: vec![person.target.clone()],
        source: order.plan.source.clone(),
        meeting: None,
        ring_s: order.plan.ring_s,
        request: order.request.clone(),
        tries: Vec::new(),
    };
    let now = app.clock.now();
    let terms = app.terms(&app.home_tenant, &flow);
    let mut call = Call::placing(key.clone(), placing, order.plan.variables.clone(), terms, now);
    call.part_of = Some(PartOf::new(order.id.clone()));
    match dial::place(app, call, flow, deadline(now)).await {
        Ok(_) => Outcome::Done,
        Err(NotPlaced::Refused(refusal)) => match waits_until(refusal, now) {
            Some(until) => Outcome::PutOff { until },
            None => {
                dial::note(app, key.as_str(), &order.plan.flow, refusal).await;
                Outcome::Refused(refusal.name().to_owned())
            }
        },
        Err(NotPlaced::Turn(error)) => {
            tracing::warn!(order = %order.id, call = %key, "a call could not be placed: {error}");
            Outcome::Failed
        }
    }
}

/// How long a limit makes a call wait; `None` where waiting is of no use.
fn waits_until(refusal: Refusal, now: Timestamp) -> Option<Timestamp> {
    match refusal {
        Refusal::TooFast { again } => Some(again),
        Refusal::TooMany => Some(after_ms(now, ROOM_AFTER_MS)),
        Refusal::Stopped | Refusal::MonthSpent { .. } => Some(after_ms(now, STOPPED_FOR_MS)),
        Refusal::Target { .. } | Refusal::Meeting | Refusal::ForeignMeeting | Refusal::Joined => None,
    }
}

/// Takes a turn of a call.
async fn tell(app: &App, call: &CallKey, event: call::Event) -> Outcome {
    let now = app.clock.now();
    let arrival = Arrival { event, at: now };
    match turn::take(app, &Address::Ours(call.clone()), slice::from_ref(&arrival), deadline(now)).await {
        Ok(Taken::UnknownCall) => Outcome::Missing,
        Ok(_) => Outcome::Done,
        Err(error) => {
            tracing::warn!(%call, "a call could not be told of its order: {error}");
            Outcome::Failed
        }
    }
}

/// Stores what came of acting, on top of whatever others have stored meanwhile.
async fn write_down(app: &App, mut saved: Stored, outcomes: &[(u32, Outcome)], turn: &str) -> Result<(Stored, bool), OrderError> {
    for _ in 0..CONFLICTS_BORNE {
        let was_over = saved.order.over_at.is_some();
        let Decision { order, is_actor } = record(saved.order, outcomes, turn, app.clock.now());
        match save(app, &order, &saved.version).await {
            Ok(version) => {
                told::if_over(app, was_over, &order);
                return Ok((Stored { order, version }, is_actor));
            }
            Err(StoreError::Conflict(_)) => {
                saved = load(app, &order.id).await?.ok_or_else(|| OrderError::Contended(order.id.clone()))?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(OrderError::Contended(saved.order.id))
}

fn to_record(order: &Order) -> Result<Record, StoreError> {
    let id = record_id(&order.id)?;
    let unwritable = |_| StoreError::Corrupt { what: id.to_string(), why: "it cannot be written".to_owned() };
    let body = serde_json::to_value(order).map_err(unwritable)?;
    Ok(Record { created: order.created, due_at: order.due_at(), expires_at: order.expires_at(), body, id })
}

fn record_id(id: &OrderId) -> Result<RecordId, StoreError> {
    let foreign = |error: call::BadId| StoreError::Corrupt { what: format!("order {id}"), why: error.to_string() };
    RecordId::new(RecordKind::Order, id.as_str()).map_err(foreign)
}

/// A call tells its order what has come of it.
///
/// # Errors
/// As [`take`].
pub async fn tell_order(app: &App, order: &OrderId, call: &Call) -> Result<Taken, OrderError> {
    take(app, order, Event::Told { call: call.key.clone(), report: call.report() }).await
}

impl From<OrderError> for TurnError {
    fn from(error: OrderError) -> Self {
        match error {
            OrderError::Store(error) => Self::Store(error),
            OrderError::Contended(order) => Self::Contended(CallKey::from(&order)),
        }
    }
}
