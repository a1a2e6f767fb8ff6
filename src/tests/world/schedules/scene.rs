//! A call in the middle of `first_call`, and a Graph that does what it is asked and notes it.

use std::sync::Arc;

use jiff::SignedDuration;
use switchboard::{
    apart,
    app::App,
    call::{Address, Arrival, Call, CallKey, CallbackSecret, Event},
    flow::Flow,
    functions::wake::wake,
    turn::{deadline, take},
};

use super::{
    explore::{Task, Turnstile, alone},
    graph::Graph,
    telling::{SECRET, graph_id, noon},
};
use crate::world::{
    bot::{Servers, bot},
    gate::{GatedStore, ready},
};

/// A bot, made once, and what it is told about.
#[derive(Clone)]
pub(super) struct Scene {
    pub(super) app: Arc<App>,
    pub(super) store: Arc<GatedStore>,
    pub(super) graph: Graph,
    pub(super) turnstile: Turnstile,
    key: CallKey,
}

impl Scene {
    pub(super) fn new() -> Self {
        let turnstile = Turnstile::default();
        let store = Arc::new(GatedStore::new(Arc::new(turnstile.clone())));
        let key = CallKey::from(&graph_id());
        let graph = Graph::new(turnstile.clone(), Arc::clone(&store), key.clone());
        let servers = Servers {
            store: store.clone(),
            transport: Arc::new(graph.clone()),
            recordings: Arc::new(graph.clone()),
            later: Arc::new(graph.clone()),
            clock: Arc::new(graph.clone()),
        };
        Self { app: Arc::new(bot(servers)), store, graph, turnstile, key }
    }

    /// Begins with this call; `None` is a call that has not rung yet.
    pub(super) fn set(&self, call: Option<&Call>) {
        self.store.clear();
        self.graph.forget();
        if let Some(call) = call {
            self.store.put(call, noon());
        }
    }

    /// The flow of the calls.
    pub(super) fn flow(&self) -> Arc<Flow> {
        ready(self.app.flows.for_incoming(None)).expect("first_call is on the shelf")
    }

    /// The call as it is stored.
    pub(super) fn call(&self) -> Call {
        self.store.peek(&self.key, self.app.clock.now()).expect("there is a call")
    }

    /// A turn with one event.
    pub(super) fn turn(&self, event: Event) -> Task {
        let (app, key) = (Arc::clone(&self.app), self.key.clone());
        let address = match event {
            Event::IncomingCall(_) => Address::Webhook { graph_id: graph_id(), tenant: "home".to_owned() },
            Event::Wake => Address::Ours(key),
            _ => Address::Callback { key, secret: CallbackSecret::new(SECRET), graph_id: None, number: None },
        };
        Box::pin(async move {
            let now = app.clock.now();
            let taken = take(&app, &address, &[Arrival { event, at: now }], deadline(now)).await;
            taken.expect("the store does not fail");
        })
    }

    /// What the function `wake` does.
    pub(super) fn wake(&self) -> Task {
        let (app, key) = (Arc::clone(&self.app), self.key.clone());
        Box::pin(async move {
            wake(&app, &key).await.expect("the store does not fail");
        })
    }

    /// The keeping of recordings.
    pub(super) fn keep(&self) -> Task {
        let (app, key) = (Arc::clone(&self.app), self.key.clone());
        Box::pin(async move { apart::perform(&app, &key).await.expect("the store does not fail") })
    }

    /// Time passes, and the call is woken, until it owes nothing.
    pub(super) fn recover(&self) {
        for _ in 0..8 {
            self.graph.pass(SignedDuration::from_secs(61));
            alone(self.wake(), &self.turnstile);
            if self.call().owed.is_empty() {
                return;
            }
        }
    }
}
