//! The turn: load, step, save, act. The one loop that touches the world.
//!
//! Every event takes effect through here, whoever brings it. What is decided is in [`crate::call`]; this file only carries it out.

mod told;

use std::{borrow::Cow, collections::BTreeSet, sync::Arc, time::Duration};

use futures_util::future::{BoxFuture, try_join_all};
use jiff::Timestamp;
use subtle::ConstantTimeEq;

use crate::{
    app::{App, random_bits},
    call::{
        Action, Address, Arrival, Call, CallKey, Event, Incoming, Message, Outcome,
        acting::{Decision, decide, record, request_for, wake_at, watch_at},
    },
    clock::after_ms,
    flow::Flow,
    flows::FlowError,
    store::{StoreError, Stored},
};

/// How often a save that lost a race is tried again.
const CONFLICTS_BORNE: usize = 16;

/// How often new actions are performed within one turn.
const ROUNDS: usize = 5;

/// How long before the end of its time an actor starts no further request, in milliseconds.
const LAST_START_MS: u64 = 1_000;

/// How long before its deadline a turn starts no further request, in milliseconds.
const LAST_START_IN_TURN_MS: u64 = 600;

/// How long before its deadline a turn asks no hook any more, in milliseconds.
const ASKED_BEFORE_MS: u64 = 1_800;

/// What came of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// The call, or the order, has changed.
    Changed,
    /// Nothing new.
    Unchanged,
    /// There is no such call, or order.
    UnknownCall,
    /// The callback URL is not the call's.
    WrongCallback,
    /// Not a notification that this call takes on this URL.
    NotTaken,
}

impl Taken {
    /// Its name, as logs have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::UnknownCall => "unknown_call",
            Self::WrongCallback => "wrong_callback",
            Self::NotTaken => "not_taken",
        }
    }
}

/// Why a turn could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum TurnError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The flow could not be had.
    #[error(transparent)]
    Flow(#[from] FlowError),
    /// Too many others wrote at once.
    #[error("call {0} changed too often to be saved")]
    Contended(CallKey),
}

impl TurnError {
    /// The same may succeed a little later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Store(StoreError::Corrupt { .. }) => false,
            Self::Flow(error) => error.is_passing(),
            Self::Store(_) | Self::Contended(_) => true,
        }
    }
}

/// Takes one turn with the events that one post brought for one call.
///
/// Nothing is asked of Graph after `deadline`; what is still owed then is done in a later turn, which this one sees to.
///
/// # Errors
/// [`TurnError`] where the events could not be kept: whoever brought them must bring them again.
pub async fn take(app: &App, address: &Address, arrivals: &[Arrival], deadline: Timestamp) -> Result<Taken, TurnError> {
    let turn = Turn { app, id: format!("{:016x}", random_bits() as u64), deadline };
    let events: Vec<&Event> = arrivals.iter().map(|arrival| &arrival.event).collect();
    told::of(app, &turn.key(address), &events, Box::pin(turn.take(address, arrivals, &events))).await
}

/// Stores a new call that the bot is to place, and places it. `false` where there is one of its key already.
///
/// # Errors
/// [`TurnError`] where it could not be kept; then nothing was asked of Graph.
pub async fn place(app: &App, call: Call, flow: Arc<Flow>, deadline: Timestamp) -> Result<bool, TurnError> {
    let turn = Turn { app, id: format!("{:016x}", random_bits() as u64), deadline };
    let key = call.key.clone();
    let taken = told::of(app, &key, &[&Event::Place], Box::pin(turn.place(call, flow))).await?;
    Ok(taken == Taken::Changed)
}

/// Whether a call takes what came to an address; `None` if it does.
fn refuse(call: &Call, address: &Address) -> Option<Taken> {
    match address {
        Address::Callback { secret, graph_id, number, .. } => {
            let is_secret = bool::from(call.secret.expose().as_bytes().ct_eq(secret.expose().as_bytes()));
            let is_ours = is_secret && number.is_some() == call.placing.is_some();
            // A call that was placed knows by itself which of its tries it goes on with.
            let is_other = matches!((&call.graph_id, graph_id), (Some(bound), Some(told)) if bound != told && number.is_none());
            match (is_ours, is_other) {
                (false, _) => Some(Taken::WrongCallback),
                (true, true) => Some(Taken::NotTaken),
                (true, false) => None,
            }
        }
        // Anyone who can sign a notification knows the webhook; from the answer on a call listens on its own URL only.
        Address::Webhook { .. } => (!call.is_untaken()).then_some(Taken::NotTaken),
        Address::Ours(_) | Address::Order(_) => None,
    }
}

/// The events as the call is to be told of them: where it was placed more than once, each with the try that it is about.
fn told<'e>(address: &Address, events: &[&'e Event]) -> Vec<Cow<'e, Event>> {
    let of_try = |event: &&'e Event| match address {
        Address::Callback { number: Some(number), graph_id, .. } => {
            Cow::Owned(Event::OfTry { number: *number, call: graph_id.clone(), what: Box::new((*event).clone()) })
        }
        _ => Cow::Borrowed(*event),
    };
    events.iter().map(of_try).collect()
}

/// One turn.
struct Turn<'a> {
    app: &'a App,
    id: String,
    deadline: Timestamp,
}

impl Turn<'_> {
    async fn take(&self, address: &Address, arrivals: &[Arrival], events: &[&Event]) -> Result<Taken, TurnError> {
        let mut remembered = self.recall(address);
        if remembered.is_none()
            && let Some(taken) = self.begin(address, arrivals, events).await?
        {
            return Ok(taken);
        }
        for _ in 0..CONFLICTS_BORNE {
            let is_remembered = remembered.is_some();
            let Some(stored) = self.read(address, remembered.take()).await? else { return Ok(Taken::UnknownCall) };
            match self.change(stored, address, events).await {
                Err(TurnError::Store(StoreError::Conflict(_))) => remembered = self.recall(address),
                // A write finds out whether it was right; where there is none, only what was read freshly is final.
                Ok(taken) if is_remembered && taken != Taken::Changed => {}
                taken => return taken,
            }
        }
        Err(TurnError::Contended(self.key(address)))
    }

    async fn place(&self, call: Call, flow: Arc<Flow>) -> Result<Taken, TurnError> {
        let seen = self.look_at_switches(&flow).await?;
        let events: Vec<&Event> = seen.iter().chain([&Event::Place]).collect();
        let decision = decide(call, &flow, &self.app.secrets, &events, &self.id, self.app.clock.now());
        match self.create(decision, flow).await {
            Err(TurnError::Store(StoreError::Exists(_))) => Ok(Taken::Unchanged),
            created => created.map(|()| Taken::Changed),
        }
    }

    /// Makes the document of a call that begins to ring; `None` where it does not, or where the call is known already.
    async fn begin(&self, address: &Address, arrivals: &[Arrival], events: &[&Event]) -> Result<Option<Taken>, TurnError> {
        let ring = arrivals.iter().find_map(|arrival| match &arrival.event {
            Event::IncomingCall(incoming) => Some((incoming, arrival.at)),
            _ => None,
        });
        let (Address::Webhook { tenant, .. }, Some((incoming, at))) = (address, ring) else { return Ok(None) };
        let (call, flow) = self.new_call(incoming, tenant, at).await?;
        let seen = self.look_at_switches(&flow).await?;
        let events: Vec<&Event> = seen.iter().chain(events.iter().copied()).collect();
        let decision = decide(call, &flow, &self.app.secrets, &events, &self.id, self.app.clock.now());
        match self.create(decision, flow).await {
            Err(TurnError::Store(StoreError::Exists(_))) => Ok(None),
            created => created.map(|()| Some(Taken::Changed)),
        }
    }

    async fn new_call(&self, incoming: &Incoming, tenant: &str, at: Timestamp) -> Result<(Call, Arc<Flow>), TurnError> {
        let flow = self.app.flows.for_incoming(incoming.to.as_ref()).await?;
        Ok((Call::ringing(incoming, self.app.terms(tenant, &flow), at), flow))
    }

    /// What the flow's switches are; `None` where it looks at none.
    async fn look_at_switches(&self, flow: &Flow) -> Result<Option<Event>, StoreError> {
        let names: BTreeSet<&str> = flow.switches().collect();
        let seen = try_join_all(names.iter().map(|name| self.app.store.is_on(name))).await?;
        let on = names.iter().zip(seen).filter(|(_, is_on)| *is_on).map(|(name, _)| (*name).to_owned());
        Ok((!names.is_empty()).then(|| Event::SwitchesSeen { on: on.collect() }))
    }

    /// What this process knows of the call, which may be out of date.
    fn recall(&self, address: &Address) -> Option<Stored> {
        self.app.store.recall(&self.key(address), self.app.clock.now())
    }

    async fn read(&self, address: &Address, remembered: Option<Stored>) -> Result<Option<Stored>, StoreError> {
        match remembered {
            Some(stored) => Ok(Some(stored)),
            None => self.app.store.load(&self.key(address), self.app.clock.now()).await,
        }
    }

    /// Folds the events into the call, stores what has changed, and acts.
    async fn change(&self, stored: Stored, address: &Address, events: &[&Event]) -> Result<Taken, TurnError> {
        if let Some(refusal) = refuse(&stored.call, address) {
            return Ok(refusal);
        }
        let flow = self.app.flows.of(&stored.call.flow_version).await?;
        let seen = self.look_at_switches(&flow).await?;
        let told = told(address, events);
        let events: Vec<&Event> = seen.iter().chain(told.iter().map(AsRef::as_ref)).collect();
        let decision = decide(stored.call.clone(), &flow, &self.app.secrets, &events, &self.id, self.app.clock.now());
        if decision.call == stored.call {
            self.wake_at(&stored.call, watch_at(&stored.call, self.app.clock.now())).await;
            return Ok(Taken::Unchanged);
        }
        self.save(decision, &stored, flow).await.map(|()| Taken::Changed)
    }

    fn key(&self, address: &Address) -> CallKey {
        match address {
            Address::Callback { key, .. } | Address::Ours(key) => key.clone(),
            Address::Webhook { graph_id, .. } => CallKey::from(graph_id),
            Address::Order(order) => CallKey::from(order),
        }
    }

    async fn create(&self, decision: Decision, flow: Arc<Flow>) -> Result<(), TurnError> {
        let Decision { call, is_actor } = decision;
        let version = self.app.store.create(&call, self.app.clock.now()).await?;
        told::if_ended(self.app, false, &call);
        self.go_on(Stored { call, version }, is_actor, &flow).await;
        Ok(())
    }

    async fn save(&self, decision: Decision, read: &Stored, flow: Arc<Flow>) -> Result<(), TurnError> {
        let Decision { call, is_actor } = decision;
        let version = self.app.store.replace(&call, &read.version, self.app.clock.now()).await?;
        told::if_ended(self.app, read.call.phase.is_over(), &call);
        self.go_on(Stored { call, version }, is_actor, &flow).await;
        Ok(())
    }

    /// The events are kept: what follows can no longer fail, only be done later.
    async fn go_on(&self, saved: Stored, is_actor: bool, flow: &Flow) {
        let key = saved.call.key.clone();
        let last = match is_actor {
            true => self.act(saved, flow).await,
            false => Ok(saved.call),
        };
        match last {
            Ok(call) => self.see_to(&call).await,
            // Housekeeping finds it when the time of this actor is over.
            Err(error) => tracing::error!(call = %key, "what came of acting could not be stored: {error}"),
        }
    }

    /// Performs what is owed until nothing is, or until there is no more time. Yields the call as it was last stored.
    async fn act(&self, mut saved: Stored, flow: &Flow) -> Result<Call, TurnError> {
        for round in 1..=ROUNDS {
            let outcomes = self.perform(&saved.call).await;
            let has_time = round < ROUNDS && !outcomes.is_empty() && self.app.clock.now() < self.last_start(&saved.call);
            let (stored, is_actor) = self.record(saved, flow, &outcomes, has_time).await?;
            saved = stored;
            if !is_actor {
                break;
            }
        }
        Ok(saved.call)
    }

    /// Asks Graph, or a hook, for everything owed, in number order, until one is not simply done.
    async fn perform(&self, call: &Call) -> Vec<(u32, Outcome)> {
        let mut outcomes = Vec::new();
        let last_start = self.last_start(call);
        for owed in call.requests() {
            let now = self.app.clock.now();
            if now >= last_start || owed.until.is_some_and(|until| until > now) || !self.has_time_for(&owed.action, now) {
                break;
            }
            let until = call.acting.as_ref().map_or(last_start, |acting| acting.until).min(self.deadline);
            let outcome = self.ask(call, owed.n, &request_for(owed), until).await;
            let is_done = matches!(outcome, Outcome::Done { .. });
            outcomes.push((owed.n, outcome));
            if !is_done {
                break;
            }
        }
        outcomes
    }

    fn ask<'f>(&'f self, call: &'f Call, n: u32, action: &'f Action, until: Timestamp) -> BoxFuture<'f, Outcome> {
        match action {
            Action::Ask { within_ms, .. } => {
                let left = u64::try_from(until.as_millisecond() - self.app.clock.now().as_millisecond()).unwrap_or_default();
                let within = Duration::from_millis(left.min(u64::from(*within_ms)));
                Box::pin(self.app.hooks.perform(call, n, action, within))
            }
            _ => Box::pin(self.app.graph.perform(call, n, action, until)),
        }
    }

    /// A hook is not asked that would have no time to answer: a later turn asks it.
    fn has_time_for(&self, action: &Action, now: Timestamp) -> bool {
        !matches!(action, Action::Ask { .. }) || now <= before_ms(self.deadline, ASKED_BEFORE_MS)
    }

    /// Stores what came of acting, on top of whatever others have stored meanwhile.
    async fn record(
        &self,
        mut saved: Stored,
        flow: &Flow,
        outcomes: &[(u32, Outcome)],
        has_time: bool,
    ) -> Result<(Stored, bool), TurnError> {
        for _ in 0..CONFLICTS_BORNE {
            let (now, was_over) = (self.app.clock.now(), saved.call.phase.is_over());
            let Decision { call, is_actor } = record(saved.call, flow, &self.app.secrets, outcomes, &self.id, has_time, now);
            match self.app.store.replace(&call, &saved.version, now).await {
                Ok(version) => {
                    told::if_ended(self.app, was_over, &call);
                    return Ok((Stored { call, version }, is_actor));
                }
                Err(StoreError::Conflict(_)) => {
                    let address = Address::Ours(call.key);
                    let read = self.read(&address, self.recall(&address)).await?;
                    saved = read.ok_or_else(|| TurnError::Contended(self.key(&address)))?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(TurnError::Contended(saved.call.key))
    }

    /// Sees to it that what is still owed is not forgotten.
    async fn see_to(&self, call: &Call) {
        self.wake_at(call, wake_at(call, self.app.clock.now())).await;
    }

    async fn wake_at(&self, call: &Call, at: Option<Timestamp>) {
        let Some(at) = at else { return };
        let alarm = Message::wake(&call.key, self.app.clock.now());
        if let Err(error) = self.app.later.bring(&alarm, at).await {
            tracing::warn!(call = %call.key, "the call cannot be woken and waits for housekeeping: {error}");
        }
    }

    fn last_start(&self, call: &Call) -> Timestamp {
        let lease = call.acting.as_ref().map_or(self.deadline, |acting| before_ms(acting.until, LAST_START_MS));
        lease.min(before_ms(self.deadline, LAST_START_IN_TURN_MS))
    }
}

fn before_ms(instant: Timestamp, ms: u64) -> Timestamp {
    let ms = i64::try_from(ms).unwrap_or(i64::MAX);
    instant.saturating_sub(jiff::SignedDuration::from_millis(ms)).unwrap_or(Timestamp::MIN)
}

/// How long a turn may ask things of Graph, in milliseconds: a post is answered within four seconds, one of which is for its queue.
const TURN_MS: u64 = 2_800;

/// The deadline of a turn that begins now.
pub fn deadline(now: Timestamp) -> Timestamp {
    after_ms(now, TURN_MS)
}
