//! The call flows: read from a folder and checked once, before the first call, and pinned for a call's life.

mod folder;
mod pinned;

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::Arc,
};

use bytes::Bytes;

use crate::{
    config::IncomingFlow,
    flow::{Checked, Finding, Flow, crowded, rounds, together, too_large},
};

pub use folder::{Folder, Opened, folders};
pub use pinned::{FlowError, Flows};

/// Every flow of a folder, each without an error, and the WAV files that they play.
#[derive(Debug, Default)]
pub struct Shelf {
    flows: BTreeMap<String, Arc<Flow>>,
    waves: HashMap<String, Bytes>,
    warnings: Vec<Finding>,
}

impl Shelf {
    /// Reads every sub-folder of `dir` that has a `flow.toml`.
    ///
    /// # Errors
    ///
    /// Everything that was found, warnings too, as soon as one flow has an error.
    pub fn read(dir: &Path) -> Result<Self, Vec<Finding>> {
        let mut shelf = Self::default();
        let mut all = Vec::new();
        for folder in folders(dir).map_err(|finding| vec![finding])? {
            all.push(shelf.add(folder.open()));
        }
        shelf.warnings.extend(rounds(&all));
        shelf.warnings.extend(crowded(&all));
        shelf.warnings.extend(too_large(&all));
        if shelf.warnings.iter().any(Finding::is_error) {
            return Err(shelf.warnings);
        }
        let flows = all.into_iter().filter_map(|checked| checked.flow).map(|flow| (flow.name.clone(), flow)).collect();
        shelf.flows = together(&flows).into_iter().map(|(name, flow)| (name, Arc::new(flow))).collect();
        Ok(shelf)
    }

    /// The flow called `name`.
    pub fn flow(&self, name: &str) -> Option<Arc<Flow>> {
        self.flows.get(name).cloned()
    }

    /// Every flow, by name.
    pub fn flows(&self) -> impl Iterator<Item = &Arc<Flow>> {
        self.flows.values()
    }

    /// A flow that an incoming call may get, and in which it may be asked for a secret, here or where it goes on.
    pub fn asking_for_a_secret(&self, incoming: &IncomingFlow) -> Option<Arc<Flow>> {
        let may_be_asked = |flow: &Arc<Flow>| flow.all().any(Flow::has_secret);
        incoming.names().filter_map(|name| self.flow(name)).find(may_be_asked)
    }

    /// The WAV file with this SHA-256 in lower-case hex, if a flow plays it.
    pub fn wave(&self, sha256: &str) -> Option<Bytes> {
        self.waves.get(sha256).cloned()
    }

    /// What the authors of the flows will want to know.
    pub fn warnings(&self) -> &[Finding] {
        &self.warnings
    }

    /// Keeps the flow's sound and what was found.
    fn add(&mut self, opened: Opened) -> Checked {
        let Opened { mut checked, mut waves } = opened;
        self.warnings.append(&mut checked.findings);
        // What no step plays is not kept: memory is for calls.
        let prompts = checked.flow.iter().flat_map(Flow::every_prompt);
        self.waves.extend(prompts.filter_map(|(_, prompt)| waves.remove_entry(&prompt.sha256)));
        checked
    }
}

#[cfg(test)]
mod tests;
