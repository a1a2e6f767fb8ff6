//! What a turn tells of itself: a span, and what is counted.

use super::{Taken, TurnError};
use crate::{
    app::App,
    call::{Arrival, Call, CallKey, Direction, Ending, Phase},
    telemetry::{Counted, Span},
};

/// The name of what brings no notification: a deed of ours has come to its end.
const SETTLED: &str = "action_settled";

/// A turn's span, from its beginning on.
pub(super) fn begin(app: &App, key: &CallKey, arrivals: &[Arrival]) -> Span {
    let mut span = app.telemetry.doing(key.as_str(), || format!("turn {}", function(arrivals)));
    if app.telemetry.is_on() {
        let events: Vec<_> = arrivals.iter().map(|arrival| arrival.event.function().unwrap_or(SETTLED)).collect();
        span.set("switchboard.call", key.to_string());
        span.set("switchboard.function", function(arrivals));
        span.set("switchboard.events", events.join(","));
    }
    span
}

/// A turn's end. There is no call to tell of where none is known.
pub(super) fn end(app: &App, mut span: Span, arrivals: &[Arrival], taken: &Result<Taken, TurnError>, cosmos_requests: u64) {
    let outcome = taken.as_ref().map_or("failed", |taken| taken.name());
    let about = [("switchboard.function", function(arrivals)), ("switchboard.outcome", outcome)];
    app.telemetry.count(Counted::Turns, 1, &about);
    span.set("switchboard.outcome", outcome);
    span.set("switchboard.cosmos.requests", i64::try_from(cosmos_requests).unwrap_or(i64::MAX));
    match taken {
        Ok(Taken::UnknownCall) => span.forget(),
        Ok(_) => {}
        Err(error) => span.fail(if error.is_passing() { "passing" } else { "lasting" }),
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
    let failed = matches!(ending, Ending::Missed | Ending::NotAnswered).then(|| ending.name());
    app.telemetry.call(call.key.as_str(), call.created, &[&counted[..], &one_of_it[..]].concat(), failed);
}

fn function(arrivals: &[Arrival]) -> &'static str {
    arrivals.first().and_then(|arrival| arrival.event.function()).unwrap_or(SETTLED)
}
