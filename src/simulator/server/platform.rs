//! The world, and all that follows when it is touched. Nothing here waits.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use super::{
    super::{
        clock::{Clock, Hold, Sleep},
        ledger::Ledger,
        observation::Seen,
        wire::{Effect, Reply, Request},
        world::World,
    },
    entra::Entra,
    ids::Ids,
    journal::Journal,
    senders::Senders,
    waiting::Waiting,
};

/// Everything the routes and the carrier share.
pub(super) struct Platform {
    pub(super) parts: Parts,
    state: Mutex<State>,
    errands: mpsc::UnboundedSender<Errand>,
}

/// What of a platform can be used without its lock.
pub(super) struct Parts {
    pub(super) base_url: String,
    pub(super) tenant: String,
    pub(super) clock: Clock,
    pub(super) senders: Senders,
    pub(super) entra: Entra,
    pub(super) ids: Ids,
}

/// What the carrier is to do.
pub(super) enum Errand {
    /// Perform this; the clock is held until it is reported back.
    Carry(Effect, Hold),
    /// Wake the world then, instead of when it was to be woken before.
    WakeAt(Option<Sleep>),
}

struct State {
    world: World,
    journal: Journal,
    waiting: Waiting,
    /// Effects that have not landed yet.
    in_flight: usize,
    /// When the carrier is to wake the world.
    wake_at: Option<Timestamp>,
    /// Calls that may have settled by what just happened.
    concerned: Vec<String>,
}

impl Platform {
    /// A platform, and the errands its carrier must do.
    pub(super) fn new(parts: Parts, world: World) -> (Self, mpsc::UnboundedReceiver<Errand>) {
        let (errands, todo) = mpsc::unbounded_channel();
        let state = State {
            world,
            journal: Journal::default(),
            waiting: Waiting::default(),
            in_flight: 0,
            wake_at: None,
            concerned: Vec::new(),
        };
        let platform = Self { parts, state: Mutex::new(state), errands };
        (platform, todo)
    }

    /// Does something to the world and hands on what came of it before anyone else can touch it or time can move.
    pub(super) fn touch<T>(&self, deed: impl FnOnce(&mut World, Timestamp) -> T) -> T {
        self.change(|state, now| deed(&mut state.world, now))
    }

    /// A request of the bot to Graph; and what its reply must wait for, if it comes late: the landing of a post about the call it made.
    pub(super) fn request(&self, request: Request) -> (Reply, Option<oneshot::Receiver<()>>) {
        self.change(|state, now| {
            let reply = state.world.request(&request, now);
            state.journal.keep_request(request);
            let made = reply.body.as_ref().and_then(|body| body["id"].as_str()).filter(|_| reply.late);
            let overtaken = made.map(|call| state.waiting.for_post(call));
            (reply, overtaken)
        })
    }

    /// The instant at which the world was to be woken has come.
    pub(super) fn wake(&self) {
        self.change(|state, now| {
            // A real clock may wake a little early; what was due is then due still and must be asked for again.
            state.wake_at = None;
            state.world.advance(now);
        });
    }

    /// An effect has landed, a post about `call` if that is given; `report` tells the world how it went.
    pub(super) fn landed(&self, call: Option<String>, report: impl FnOnce(&mut World, Timestamp)) {
        self.change(|state, now| {
            report(&mut state.world, now);
            state.in_flight -= 1;
            match call {
                Some(call) => {
                    state.waiting.tell_of_post(&call);
                    state.concerned.push(call);
                }
                None => state.concerned.extend(state.waiting.calls().cloned()),
            }
        });
    }

    /// The bytes of a kept recording, or the status that says why not.
    pub(super) fn recording(&self, id: &str, bearer: &str) -> Result<Bytes, u16> {
        self.touch(|world, now| world.recording(id, bearer, now))
    }

    /// A copy of a call's counts.
    pub(super) fn ledger(&self, call: &str) -> Option<Ledger> {
        self.state().world.ledger(call).cloned()
    }

    /// Reads or changes what is kept.
    pub(super) fn journal<T>(&self, using: impl FnOnce(&mut Journal) -> T) -> T {
        using(&mut self.state().journal)
    }

    /// Told once the call has ended and nothing about it is in flight.
    pub(super) fn settled(&self, call: &str) -> oneshot::Receiver<()> {
        let mut state = self.state();
        let told = state.waiting.for_call(call);
        state.tell_if_settled(call);
        told
    }

    /// Told once nothing is going on, in flight or due.
    pub(super) fn quiet(&self) -> oneshot::Receiver<()> {
        let mut state = self.state();
        let told = state.waiting.for_quiet();
        state.tell_if_quiet();
        told
    }

    fn change<T>(&self, deed: impl FnOnce(&mut State, Timestamp) -> T) -> T {
        let mut state = self.state();
        let outcome = deed(&mut state, self.parts.clock.now());
        state.observe();
        self.hand_on(&mut state);
        state.tell();
        outcome
    }

    fn hand_on(&self, state: &mut State) {
        for effect in state.world.effects() {
            state.in_flight += 1;
            self.send(Errand::Carry(effect, self.parts.clock.hold()));
        }
        let next = state.world.next_at();
        if next != state.wake_at {
            state.wake_at = next;
            let sleep = next.map(|at| self.parts.clock.sleep_until(at));
            self.send(Errand::WakeAt(sleep));
        }
    }

    fn send(&self, errand: Errand) {
        // Without a carrier the simulator is shutting down.
        drop(self.errands.send(errand));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Keeps what the world has to tell.
    fn observe(&mut self) {
        for observation in self.world.observations() {
            if matches!(observation.what, Seen::Ended { .. }) {
                self.concerned.push(observation.call.clone());
            }
            self.journal.keep(observation);
        }
    }

    /// Tells those whose waiting is over.
    fn tell(&mut self) {
        for call in std::mem::take(&mut self.concerned) {
            self.tell_if_settled(&call);
        }
        self.tell_if_quiet();
    }

    fn tell_if_settled(&mut self, call: &str) {
        if self.waiting.is_for_call(call) && self.world.is_settled(call) {
            self.waiting.tell_of_call(call);
        }
    }

    fn tell_if_quiet(&mut self) {
        if self.waiting.is_for_quiet() && self.in_flight == 0 && self.world.is_quiet() {
            self.waiting.tell_of_quiet();
        }
    }
}
