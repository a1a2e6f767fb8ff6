//! The call flows: read from a folder and checked once, before the first call, and pinned for a call's life.

mod folder;
mod pinned;

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::Arc,
};

use bytes::Bytes;

use crate::flow::{Finding, Flow, together};

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
        let (mut shelf, mut flows) = (Self::default(), BTreeMap::new());
        for folder in folders(dir).map_err(|finding| vec![finding])? {
            flows.extend(shelf.add(folder.open()).map(|flow| (flow.name.clone(), flow)));
        }
        shelf.flows = together(&flows).into_iter().map(|(name, flow)| (name, Arc::new(flow))).collect();
        match shelf.warnings.iter().any(Finding::is_error) {
            true => Err(shelf.warnings),
            false => Ok(shelf),
        }
    }

    /// The flow called `name`.
    pub fn flow(&self, name: &str) -> Option<Arc<Flow>> {
        self.flows.get(name).cloned()
    }

    /// Every flow, by name.
    pub fn flows(&self) -> impl Iterator<Item = &Arc<Flow>> {
        self.flows.values()
    }

    /// The WAV file with this SHA-256 in lower-case hex, if a flow plays it.
    pub fn wave(&self, sha256: &str) -> Option<Bytes> {
        self.waves.get(sha256).cloned()
    }

    /// What the authors of the flows will want to know.
    pub fn warnings(&self) -> &[Finding] {
        &self.warnings
    }

    /// Keeps the flow's sound and what was found, and yields the flow.
    fn add(&mut self, opened: Opened) -> Option<Flow> {
        let Opened { checked, mut waves } = opened;
        self.warnings.extend(checked.findings);
        let flow = checked.flow?;
        // What no step plays is not kept: memory is for calls.
        self.waves.extend(flow.every_prompt().filter_map(|(_, prompt)| waves.remove_entry(&prompt.sha256)));
        Some(flow)
    }
}

#[cfg(test)]
mod tests;
