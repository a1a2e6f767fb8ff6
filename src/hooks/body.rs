//! What is sent to a hook.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call::{Call, Facts, GraphCallId, Party};

/// The mark by which a hook knows again what it was sent before: `{call key}:{number}`, or `{order id}:{number}`.
pub fn id(about: &str, n: u32) -> String {
    format!("{about}:{n}")
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
/// It is the same at every try, so that it can be known again by its `id`. `source` is where whatever it is about is shown.
pub fn cloud_event(id: &str, source: &str, subject: &str, kind: &str, time: Timestamp, data: &Value) -> Value {
    json!({
        "specversion": "1.0",
        "id": id,
        "source": source,
        "type": kind,
        "subject": subject,
        "time": time,
        "datacontenttype": "application/json",
        "data": data,
    })
}

fn party(party: &Party) -> Value {
    json!({ "kind": party.kind, "id": party.id })
}
