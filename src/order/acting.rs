//! Who does what an order owes: one actor at a time. Pure; the order's turn asks, this decides.

use jiff::Timestamp;

use super::{
    document::{Order, later},
    event::{Event, Outcome},
    step::step,
};
use crate::call::Acting;

/// How long an actor may act, in milliseconds. It begins nothing in the last third: what it has begun then is over when another acts.
const LEASE_MS: u64 = 15_000;

/// How long before the end of its time an actor begins nothing more, in milliseconds.
const LAST_START_MS: i64 = 5_000;

/// What comes of events: the order as it is to be saved.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The order, stepped.
    pub order: Order,
    /// The turn that saves it is the one that acts.
    pub is_actor: bool,
}

/// Folds events into an order and settles who acts: the turn, where something is owed and nobody else is at it.
pub fn decide(mut order: Order, events: &[Event], turn: &str, now: Timestamp) -> Decision {
    for event in events {
        order = step(order, event, now);
    }
    if !order.has_actor(now) {
        order.acting = None;
    }
    let is_actor = order.acting.is_none() && order.next_deed(now).is_some();
    if is_actor {
        order.acting = Some(Acting { turn: turn.to_owned(), until: later(now, LEASE_MS) });
    }
    Decision { order, is_actor }
}

/// Writes down what came of acting, and whether this turn goes on with it, for which it gets its time anew.
pub fn record(mut order: Order, outcomes: &[(u32, Outcome)], turn: &str, now: Timestamp) -> Decision {
    for (n, outcome) in outcomes {
        order = step(order, &Event::Settled { n: *n, outcome: outcome.clone() }, now);
    }
    let is_mine = order.acting.as_ref().is_some_and(|acting| acting.turn == turn);
    let is_actor = is_mine && order.next_deed(now).is_some();
    match (is_mine, is_actor) {
        (true, true) => order.acting = Some(Acting { turn: turn.to_owned(), until: later(now, LEASE_MS) }),
        (true, false) => order.acting = None,
        (false, _) => {}
    }
    Decision { order, is_actor }
}

/// The instant from which on whoever acts begins nothing more.
pub fn last_start(order: &Order) -> Timestamp {
    let until = order.acting.as_ref().map_or(Timestamp::MIN, |acting| acting.until);
    until.saturating_sub(jiff::SignedDuration::from_millis(LAST_START_MS)).unwrap_or(Timestamp::MIN)
}

/// The order once everybody who was at it is known to be gone. `None` where nobody was.
pub fn abandoned(order: &Order, now: Timestamp) -> Option<Order> {
    order.has_actor(now).then(|| Order { acting: None, ..order.clone() })
}
