//! Flows that go on with each other: a call is pinned to all of them at once.

use std::collections::BTreeMap;

use super::{
    hash::sha256_hex,
    model::{Flow, Step},
};

/// Each flow with all those that a call may come to from it. Its version is that of the whole.
pub fn together(flows: &BTreeMap<String, Flow>) -> BTreeMap<String, Flow> {
    flows.iter().map(|(name, flow)| (name.clone(), with_others(flow, flows))).collect()
}

/// The flow with its version: the content's hash, equal for two files that mean the same.
pub(super) fn versioned(flow: Flow) -> Flow {
    let flow = Flow { version: String::new(), ..flow };
    let canonical = serde_json::to_vec(&flow).expect("a flow is names, numbers and text, with text for keys");
    let mut version = sha256_hex(&canonical);
    version.truncate(32);
    Flow { version, ..flow }
}

fn with_others(flow: &Flow, flows: &BTreeMap<String, Flow>) -> Flow {
    let mut others = BTreeMap::new();
    let mut open: Vec<&str> = goes_on_with(flow).collect();
    while let Some(name) = open.pop() {
        let is_new = name != flow.name && !others.contains_key(name);
        if let Some(other) = flows.get(name).filter(|_| is_new) {
            others.insert(name.to_owned(), other.clone());
            open.extend(goes_on_with(other));
        }
    }
    match others.is_empty() {
        true => flow.clone(),
        false => versioned(Flow { others, ..flow.clone() }),
    }
}

fn goes_on_with(flow: &Flow) -> impl Iterator<Item = &str> {
    flow.steps.values().filter_map(|step| match step {
        Step::Go(go) => Some(go.flow.as_str()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Go;

    fn flow(name: &str, to: &[&str]) -> (String, Flow) {
        let step = |to: &&str| ((*to).to_owned(), Step::Go(Go { flow: (*to).to_owned() }));
        let steps = to.iter().map(step).collect();
        (name.to_owned(), versioned(Flow { name: name.to_owned(), steps, ..Flow::default() }))
    }

    #[test]
    fn a_flow_holds_all_that_a_call_can_come_to_from_it_and_itself_only_once() {
        let flows = BTreeMap::from([flow("a", &["b"]), flow("b", &["c", "a"]), flow("c", &[]), flow("d", &["a"])]);
        let together = together(&flows);
        let names = |name: &str| together[name].all().map(|flow| flow.name.as_str()).collect::<Vec<_>>();
        assert_eq!((names("a"), names("c"), names("d")), (vec!["a", "b", "c"], vec!["c"], vec!["d", "a", "b", "c"]));
        assert_eq!(together["c"], flows["c"]);
    }

    #[test]
    fn the_version_changes_with_a_flow_further_on() {
        let flows = BTreeMap::from([flow("a", &["b"]), flow("b", &["c"]), flow("c", &[])]);
        let changed = BTreeMap::from([flow("a", &["b"]), flow("b", &["c"]), flow("c", &["b"])]);
        assert_ne!(together(&flows)["a"].version, together(&changed)["a"].version);
    }
}
