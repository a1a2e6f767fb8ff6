//! Who performs what a call owes: one actor at a time. Pure; the turn asks, this decides.

use jiff::Timestamp;

use super::{
    action::{Action, Owed, OwedState},
    document::{Acting, Call, later},
    event::{Event, Outcome},
    secrets::Secrets,
    step::step,
};
use crate::flow::Flow;

/// How long an actor may act, in milliseconds. It starts nothing in the last second.
const LEASE_MS: u64 = 6_000;

/// How long somebody may take to fetch a recording before somebody else tries, in milliseconds.
const KEEPING_MS: u64 = 60_000;

/// How long somebody may take to send a notice before somebody else tries, in milliseconds.
const NOTIFYING_MS: u64 = 30_000;

/// How long somebody may take to report to an order before somebody else does, in milliseconds: a turn of the order, at its longest. Until the
/// order knows that nobody has taken a call, the next one is not rung.
const REPORTING_MS: u64 = 12_000;

/// How much longer than the answer somebody may take who asks, in milliseconds.
const ASKING_MS: u64 = 5_000;

/// How long a request may be on its way to Graph when whoever sent it is gone, in milliseconds. To look sooner is to see a call that has
/// not changed yet.
const ON_ITS_WAY_MS: u64 = 1_000;

/// What comes of the events of one post: the call as it is to be saved.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The call, stepped.
    pub call: Call,
    /// The turn that saves it is the one that acts.
    pub is_actor: bool,
}

/// Folds events into a call and settles who acts: the turn, where something is owed and nobody else is at it.
pub fn decide(call: Call, flow: &Flow, secrets: &Secrets, events: &[&Event], turn: &str, now: Timestamp) -> Decision {
    let (is_lost, before) = (is_actor_lost(&call, now), call.next_n);
    let mut call = call;
    for event in events {
        call = step(call, flow, secrets, event, now);
    }
    if is_lost {
        call = relieve(call, flow, secrets, before, now);
    }
    let is_actor = call.acting.is_none() && call.next_request(now).is_some();
    if is_actor {
        call.acting = Some(Acting { turn: turn.to_owned(), until: later(now, LEASE_MS) });
    }
    Decision { call, is_actor }
}

/// Writes down what came of acting, and whether this turn goes on with it.
///
/// Facts count whoever tells them; only the actor itself gives up its place.
pub fn record(
    mut call: Call,
    flow: &Flow,
    secrets: &Secrets,
    outcomes: &[(u32, Outcome)],
    turn: &str,
    has_time: bool,
    now: Timestamp,
) -> Decision {
    for (n, outcome) in outcomes {
        call = step(call, flow, secrets, &Event::ActionSettled { n: *n, outcome: outcome.clone() }, now);
    }
    let is_mine = call.acting.as_ref().is_some_and(|acting| acting.turn == turn);
    let is_actor = is_mine && has_time && call.next_request(now).is_some();
    if is_mine && !is_actor {
        call.acting = None;
    }
    Decision { call, is_actor }
}

fn is_actor_lost(call: &Call, now: Timestamp) -> bool {
    call.acting.as_ref().is_some_and(|acting| acting.until <= now)
}

/// Takes an actor whose time is over from its place. What was owed before this turn it may have done, unless the turn's own events
/// have told what became of it: so they come first.
fn relieve(mut call: Call, flow: &Flow, secrets: &Secrets, before: u32, now: Timestamp) -> Call {
    call.acting = None;
    let may_be_done = call.requests().any(|owed| owed.n < before);
    if may_be_done { step(call, flow, secrets, &Event::ActorLost { before }, now) } else { call }
}

/// The call once everybody who was at it is known to be gone: their time is over, whatever it says, as soon as what they asked of
/// Graph last can no longer be on its way. `None` where nobody was.
pub fn abandoned(call: &Call, now: Timestamp) -> Option<Call> {
    let mut left = call.clone();
    if let Some(acting) = &mut left.acting {
        acting.until = acting.until.min(later(now, ON_ITS_WAY_MS));
    }
    for apart in left.owed.iter_mut().filter(|owed| owed.is_apart()) {
        apart.until = apart.until.map(|until| until.min(now));
    }
    (left != *call).then_some(left)
}

/// When the call must be woken, since no notification will announce that something owed may be tried: `None` while somebody acts.
pub fn wake_at(call: &Call, now: Timestamp) -> Option<Timestamp> {
    if call.apart_to_do(now).next().is_some() {
        return Some(now);
    }
    let waiting = call.owed.iter().filter(|owed| owed.is_apart()).filter_map(|owed| owed.until);
    let request = call.requests().next().filter(|_| !call.has_actor(now)).map(|owed| owed.until.unwrap_or(now));
    waiting.chain(request).chain(call.rings_until()).chain(call.joined_by()).min()
}

/// When to look whether somebody who acts for a call that rings has come to an end: a platform that tells of the ring once more may
/// do so because whoever was told first is gone, and by the time housekeeping finds that, the caller is gone too.
pub fn watch_at(call: &Call, now: Timestamp) -> Option<Timestamp> {
    let rings = call.is_untaken() && call.requests().next().is_some();
    call.acting.as_ref().filter(|acting| rings && acting.until > now).map(|acting| acting.until)
}

/// Claims the first thing that is to be done apart and that nobody is doing, so that two do not do it at once. Yields the call, in
/// which it is claimed, and its number.
pub fn claim(mut call: Call, now: Timestamp) -> Option<(Call, u32)> {
    let n = call.apart_to_do(now).next()?.n;
    let owed = call.owed.iter_mut().find(|owed| owed.n == n)?;
    owed.until = Some(later(now, lease_ms(&owed.action)));
    Some((call, n))
}

/// How long somebody may take for what is done apart before somebody else tries, in milliseconds.
fn lease_ms(action: &Action) -> u64 {
    match action {
        Action::Notify { .. } => NOTIFYING_MS,
        Action::TellOrder { .. } => REPORTING_MS,
        Action::Ask { within_ms, .. } => u64::from(*within_ms) + ASKING_MS,
        _ => KEEPING_MS,
    }
}

/// What is to be asked of Graph for an action: itself, or a look where it may have happened already.
pub fn request_for(owed: &Owed) -> Action {
    match owed.state {
        OwedState::Due => owed.action.clone(),
        OwedState::Doubtful => Action::GetCall,
    }
}
