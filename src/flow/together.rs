//! Flows that go on with each other: a call is pinned to all of them at once.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    check::Checked,
    finding::Finding,
    hash::sha256_hex,
    model::{Flow, Step},
    verb::VERBS,
};

/// The most bytes that a flow may take where it is kept, with all that a call may come to from it: it is one item there, and Cosmos DB
/// takes 2 MB. <https://learn.microsoft.com/azure/cosmos-db/concepts-limits#per-item-limits>
pub const MOST_STORED: usize = 1024 * 1024;

const HOW_SMALL: &str = "shorten it, or `go` on with fewer flows; those that lead to each other all count";

/// Each flow with all those that a call may come to from it. Its version is that of the whole.
pub fn together(flows: &BTreeMap<String, Flow>) -> BTreeMap<String, Flow> {
    flows.iter().map(|(name, flow)| (name.clone(), with_others(flow, flows))).collect()
}

/// The flow with its version: the content's hash, equal for two files that mean the same.
pub(super) fn versioned(flow: Flow) -> Flow {
    let flow = Flow { version: String::new(), ..flow };
    let mut version = sha256_hex(&stored(&flow));
    version.truncate(32);
    Flow { version, ..flow }
}

/// A flow as it is stored.
fn stored(flow: &Flow) -> Vec<u8> {
    serde_json::to_vec(flow).expect("a flow is names, numbers and text, with text for keys")
}

fn with_others(flow: &Flow, flows: &BTreeMap<String, Flow>) -> Flow {
    let others: BTreeMap<_, _> = others_of(flow, |name| flows.get(name));
    match others.is_empty() {
        true => flow.clone(),
        false => {
            let others = others.into_iter().map(|(name, other)| (name.to_owned(), other.clone())).collect();
            versioned(Flow { others, ..flow.clone() })
        }
    }
}

/// All that a call may come to from a flow, by name.
fn others_of<'f>(flow: &'f Flow, named: impl Fn(&str) -> Option<&'f Flow>) -> BTreeMap<&'f str, &'f Flow> {
    let mut others = BTreeMap::new();
    let mut open: Vec<&str> = goes_on_with(flow).collect();
    while let Some(name) = open.pop() {
        let is_new = name != flow.name && !others.contains_key(name);
        if let Some(other) = named(name).filter(|_| is_new) {
            others.insert(name, other);
            open.extend(goes_on_with(other));
        }
    }
    others
}

/// Flows that are too large to be stored with all those that a call may come to from them.
pub fn too_large<'c>(all: impl IntoIterator<Item = &'c Checked>) -> Vec<Finding> {
    let checked: BTreeMap<&str, (&Flow, &Checked)> =
        all.into_iter().filter_map(|checked| checked.flow.as_ref().map(|flow| (flow.name.as_str(), (flow, checked)))).collect();
    let sizes: BTreeMap<&str, usize> = checked.iter().map(|(name, (flow, _))| (*name, stored(flow).len())).collect();
    let mut found = Vec::new();
    for (name, (flow, checked_one)) in &checked {
        let others = others_of(flow, |name| checked.get(name).map(|(flow, _)| *flow));
        let bytes: usize = others.keys().chain([name]).map(|name| sizes[name]).sum();
        if bytes > MOST_STORED {
            found.push(Finding::about(&checked_one.file, how_large(bytes, others.len()), HOW_SMALL));
        }
    }
    found
}

fn how_large(bytes: usize, others: usize) -> String {
    match others {
        0 => format!("the flow takes {bytes} bytes where it is kept, and {MOST_STORED} are the most"),
        others => {
            format!(
                "the flow and the {others} that it may go on with take {bytes} bytes where they are kept, and {MOST_STORED} are the most"
            )
        }
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
                found.extend(checked.onward.get(*step).map(|onward| onward.round.clone()));
            }
        }
    }
    found
}

/// Steps at which a call between two may go on with a flow that is for one with more.
pub fn crowded<'c>(all: impl IntoIterator<Item = &'c Checked>) -> Vec<Finding> {
    let checked: Vec<(&Flow, &Checked)> = all.into_iter().filter_map(|checked| Some((checked.flow.as_ref()?, checked))).collect();
    let shared: BTreeSet<&str> =
        checked.iter().filter(|(flow, _)| flow.call.is_shared()).map(|(flow, _)| flow.name.as_str()).collect();
    let goes_there =
        |flow: &Flow, step: &str| matches!(flow.steps.get(step), Some(Step::Go(go)) if shared.contains(go.flow.as_str()));
    let found = checked.iter().flat_map(|(flow, checked)| {
        let onward = checked.onward.iter().filter(|(step, _)| goes_there(flow, step));
        onward.filter_map(|(_, onward)| onward.crowded.clone())
    });
    found.collect()
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

    #[test]
    fn flows_that_are_too_large_together_are_told_though_each_is_small_enough() {
        let large = |name: &str, to: &[&str]| {
            let (name, mut flow) = flow(name, to);
            flow.variables = [("long".to_owned(), "x".repeat(400_000))].into();
            Checked { file: format!("{name}/flow.toml"), flow: Some(flow), findings: Vec::new(), onward: BTreeMap::new() }
        };
        let told = |all: &[Checked]| too_large(all).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(told(&[large("a", &["b"]), large("b", &["a"]), large("c", &[])]), [""; 0]);
        let three = told(&[large("a", &["b"]), large("b", &["c"]), large("c", &["b"])]);
        let [one] = three.as_slice() else { panic!("{three:?}") };
        assert!(one.starts_with("a/flow.toml:1:1: the flow and the 2 that it may go on with take 1200"), "{one}");
        assert!(one.ends_with(
            "and 1048576 are the most: shorten it, or `go` on with fewer flows; those that lead to each other all count"
        ));
    }

    #[test]
    fn a_flow_that_is_too_large_by_itself_is_told_too() {
        let (_, mut flow) = flow("a", &[]);
        flow.variables = [("long".to_owned(), "x".repeat(MOST_STORED))].into();
        let alone = Checked { file: "flow.toml".to_owned(), flow: Some(flow), findings: Vec::new(), onward: BTreeMap::new() };
        assert!(too_large([&alone])[0].what.starts_with("the flow takes 1048"));
    }
}
