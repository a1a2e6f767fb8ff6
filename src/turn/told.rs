//! What a turn tells of itself: a span, and what is counted.

use futures_util::future::BoxFuture;

use super::{Taken, TurnError};
use crate::{
    app::App,
    call::{Call, CallKey, Direction, Ending, Event, Phase},
    telemetry::{Counted, Span, asked},
};

/// The name of what brings no notification: a deed of ours has come to its end.
const SETTLED: &str = "action_settled";

/// Takes a turn with these events, and tells of it. There is no call to tell of where none is known.
pub(super) async fn of(
    app: &App,
    key: &CallKey,
    events: &[&Event],
    // Boxed: what a turn does is deep, and each frame around it would hold all of it once more.
    turn: BoxFuture<'_, Result<Taken, TurnError>>,
) -> Result<Taken, TurnError> {
    let (mut span, asked_before) = (begin(app, key, events), asked());
    let taken = span.around(turn).await;
    let outcome = taken.as_ref().map_or("failed", |taken| taken.name());
    app.telemetry.count(Counted::Turns, 1, &[("switchboard.function", name(events)), ("switchboard.outcome", outcome)]);
    span.set("switchboard.outcome", outcome);
    span.set("switchboard.cosmos.requests", i64::try_from(asked() - asked_before).unwrap_or(i64::MAX));
    match &taken {
        Ok(Taken::UnknownCall) => span.forget(),
        Ok(_) => {}
        Err(error) => span.fail(if error.is_passing() { "passing" } else { "lasting" }),
    }
    taken
}

fn begin(app: &App, key: &CallKey, events: &[&Event]) -> Span {
    let mut span = app.telemetry.doing(key.as_str(), || format!("turn {}", name(events)));
    if app.telemetry.is_on() {
        let all: Vec<_> = events.iter().map(|event| name_of(event)).collect();
        span.set("switchboard.call", key.to_string());
        span.set("switchboard.function", name(events));
        span.set("switchboard.events", all.join(","));
    }
    span
}

/// The name of what began a turn.
fn name(events: &[&Event]) -> &'static str {
    events.first().map_or(SETTLED, |event| name_of(event))
}

/// A function's name, but for what no function takes.
fn name_of(event: &Event) -> &'static str {
    match event {
        Event::Place => "place",
        event => event.function().unwrap_or(SETTLED),
    }
}

/// Tells of a call, as a whole, where it has just ended: only one save has made it so.
pub(super) fn if_ended(app: &App, was_over: bool, call: &Call) {
    let Phase::Ended { ending, .. } = call.phase else { return };
    if was_over || !app.telemetry.is_on() {
        return;
    }
    let direction = match call.direction {
        Direction::Incoming => "incoming",
        Direction::Outgoing => "outgoing",
    };
    let counted =
        [("switchboard.direction", direction), ("switchboard.flow", call.flow.as_str()), ("switchboard.ending", ending.name())];
    app.telemetry.count(Counted::Calls, 1, &counted);
    let graph_id = call.graph_id.as_ref().map(ToString::to_string).unwrap_or_default();
    let one_of_it = [
        ("switchboard.call", call.key.as_str()),
        ("switchboard.graph_call", &graph_id),
        ("switchboard.flow_version", &call.flow_version),
    ];
    let failed = matches!(ending, Ending::Missed | Ending::NotAnswered | Ending::NotPlaced).then(|| ending.name());
    app.telemetry.whole("call", call.key.as_str(), call.created, &[&counted[..], &one_of_it[..]].concat(), failed);
}
