//! Flows that go on with each other: a call is pinned to all of them at once.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    check::Checked,
    finding::Finding,
    hash::sha256_hex,
    model::{Flow, Step},
    verb::VERBS,
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

/// Flows that go on with each other and never give the caller a turn: nothing but a hang-up would end it.
pub fn rounds<'c>(all: impl IntoIterator<Item = &'c Checked>) -> Vec<Finding> {
    let checked: Vec<(&Flow, &Checked)> = all.into_iter().filter_map(|checked| Some((checked.flow.as_ref()?, checked))).collect();
    let ways: BTreeMap<&str, Vec<(&str, &str)>> =
        checked.iter().map(|(flow, _)| (flow.name.as_str(), silent_ways(flow))).collect();
    let mut found = Vec::new();
    for (flow, checked) in &checked {
        for (step, to) in &ways[flow.name.as_str()] {
            if leads_to(to, &flow.name, &ways) {
                found.extend(checked.rounds.get(*step).cloned());
            }
        }
    }
    found
}

/// The steps that go on with another flow, and with which, to which a call comes from the start before the caller has had a turn.
fn silent_ways(flow: &Flow) -> Vec<(&str, &str)> {
    let (mut seen, mut open, mut ways) = (BTreeSet::new(), vec![flow.start.as_str()], Vec::new());
    while let Some((name, step)) = open.pop().and_then(|name| flow.steps.get_key_value(name)) {
        let listens = VERBS.iter().any(|verb| verb.name == step.verb() && verb.listens);
        match step {
            _ if listens || !seen.insert(name) => {}
            Step::Go(go) => ways.push((name.as_str(), go.flow.as_str())),
            step => open.extend(step.ways().iter().map(|way| way.to)),
        }
    }
    ways
}

/// Whether `from` is `to`, or leads there.
fn leads_to(from: &str, to: &str, ways: &BTreeMap<&str, Vec<(&str, &str)>>) -> bool {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(at) = open.pop() {
        if at == to {
            return true;
        }
        if seen.insert(at) {
            open.extend(ways.get(at).into_iter().flatten().map(|(_, next)| *next));
        }
    }
    false
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
