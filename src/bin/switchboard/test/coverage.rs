//! What no test takes: steps of a flow, and ways out of them.

use std::{collections::BTreeSet, sync::Arc};

use serde::Serialize;
use switchboard::flow::Flow;

use super::play::{Came, Played};

/// What no test of a flow takes.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Gaps {
    pub(super) flow: String,
    /// How many steps and ways the flow has.
    pub(super) of: usize,
    /// Steps that no test comes to.
    pub(super) steps: Vec<String>,
    /// Ways that no test takes.
    pub(super) ways: Vec<WayNotTaken>,
}

/// A way that no test takes.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct WayNotTaken {
    pub(super) step: String,
    pub(super) outcome: String,
    pub(super) to: String,
}

impl Gaps {
    /// Every step and every way is tested.
    pub(super) fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.ways.is_empty()
    }

    /// How many steps and ways are tested.
    pub(super) fn taken(&self) -> usize {
        self.of - self.steps.len() - self.ways.len()
    }
}

/// What the tests leave out, flow by flow.
pub(super) fn gaps(flows: &[Arc<Flow>], played: &[Played]) -> Vec<Gaps> {
    flows.iter().map(|flow| gaps_of(flow, played.iter().map(|played| played.steps.as_slice()))).collect()
}

fn gaps_of<'p>(flow: &Flow, walks: impl Iterator<Item = &'p [Came]>) -> Gaps {
    let (mut reached, mut taken) = (BTreeSet::new(), BTreeSet::new());
    for walk in walks {
        reached.extend(walk.iter().filter(|came| came.flow == flow.name).map(|came| came.step.as_str()));
        let pairs = walk.windows(2).filter(|pair| pair[0].flow == flow.name);
        taken.extend(pairs.filter_map(|pair| Some((pair[0].step.as_str(), pair[1].by.as_deref()?))));
    }
    let mut gaps = Gaps { flow: flow.name.clone(), ..Gaps::default() };
    // What a call is told anywhere leads it on from whatever step it stands in, unless the step itself knows it.
    for way in flow.ways() {
        gaps.of += 1;
        let is_own =
            |step: &str| flow.steps.get(step).is_some_and(|step| step.ways().iter().any(|own| own.outcome == way.outcome));
        if !taken.iter().any(|(step, outcome)| *outcome == way.outcome && !is_own(step)) {
            gaps.ways.push(WayNotTaken { step: "[events]".to_owned(), outcome: way.outcome.into_owned(), to: way.to.to_owned() });
        }
    }
    for (name, step) in &flow.steps {
        let ways = step.ways();
        gaps.of += 1 + ways.len();
        if !reached.contains(name.as_str()) {
            gaps.steps.push(name.clone());
        }
        for way in ways.into_iter().filter(|way| !taken.contains(&(name.as_str(), &*way.outcome))) {
            gaps.ways.push(WayNotTaken { step: name.clone(), outcome: way.outcome.into_owned(), to: way.to.to_owned() });
        }
    }
    gaps
}
