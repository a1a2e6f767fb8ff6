//! What is sent to a hook.

use serde_json::{Value, json};

use crate::call::{Call, Facts, GraphCallId, Party};

/// The mark by which a hook knows again what it was sent before: `{call key}:{number}`.
pub fn id(call: &Call, n: u32) -> String {
    format!("{}:{n}", call.key)
}

/// What a hook is asked with: the facts of the call, as they were when action `n` was owed.
pub fn question(call: &Call, n: u32, facts: &Facts) -> Value {
    let recordings = call.recordings.iter().filter(|kept| kept.n < n);
    json!({
        "id": call.key,
        "graphCallId": call.graph_id.as_ref().map(GraphCallId::in_url),
        "tenantId": call.tenant,
        "direction": call.direction,
        "from": call.from.as_ref().map(party),
        "to": call.to.as_ref().map(party),
        "flow": call.flow,
        "flowVersion": call.flow_version,
        "created": call.created,
        "step": facts.step,
        "variables": facts.variables,
        "recordings": recordings.map(|kept| json!({ "n": kept.n, "seconds": f64::from(kept.ms) / 1000.0 })).collect::<Vec<_>>(),
    })
}

/// What a hook is told: a CloudEvent, in JSON. <https://github.com/cloudevents/spec>
///
/// It is the same at every try, so that it can be known again by its `id`. `bot` is the bot's base URL.
pub fn cloud_event(call: &Call, n: u32, kind: &str, facts: &Facts, bot: &str) -> Value {
    json!({
        "specversion": "1.0",
        "id": id(call, n),
        "source": format!("{bot}/api/calls/{}", call.key),
        "type": kind,
        "subject": call.key,
        "time": facts.at,
        "datacontenttype": "application/json",
        "data": question(call, n, facts),
    })
}

fn party(party: &Party) -> Value {
    json!({ "kind": party.kind, "id": party.id })
}
