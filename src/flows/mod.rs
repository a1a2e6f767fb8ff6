//! The call flows: read from a folder and checked once, before the first call, and pinned for a call's life.

mod folder;
mod pinned;

use std::{
    collections::{BTreeMap, HashMap},
    num::NonZeroUsize,
    panic::resume_unwind,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

use bytes::Bytes;

use crate::{
    config::IncomingFlow,
    flow::{Checked, Finding, Flow, crowded, rounds, together, too_large},
};

pub use folder::{Folder, Opened, folders};
pub use pinned::{FlowError, Flows};

/// Every flow of a folder, each without an error, and where the WAV files are that they play.
#[derive(Debug, Default)]
pub struct Shelf {
    flows: BTreeMap<String, Arc<Flow>>,
    waves: HashMap<String, PathBuf>,
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
        let opened = open_all(&folders(dir).map_err(|finding| vec![finding])?);
        let all: Vec<Checked> = opened.into_iter().map(|opened| shelf.add(opened)).collect();
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

    /// The WAV file with this SHA-256 in lower-case hex, if a flow plays it and it has not changed since. Read each time: Graph fetches each
    /// once, and memory is for calls.
    pub fn wave(&self, sha256: &str) -> Option<Bytes> {
        folder::read_same(self.waves.get(sha256)?, sha256)
    }

    /// What the authors of the flows will want to know.
    pub fn warnings(&self) -> &[Finding] {
        &self.warnings
    }

    /// Keeps where the flow's sound is, and what was found.
    fn add(&mut self, opened: Opened) -> Checked {
        let Opened { mut checked, mut waves } = opened;
        self.warnings.append(&mut checked.findings);
        // What no step plays is handed out to nobody.
        let prompts = checked.flow.iter().flat_map(Flow::every_prompt);
        self.waves.extend(prompts.filter_map(|(_, prompt)| waves.remove_entry(&prompt.sha256)));
        checked
    }
}

/// Reads folders on as many threads as there are cores: most of it is the hashing of sound, and the program starts after it.
fn open_all(folders: &[Folder]) -> Vec<Opened> {
    let share = folders.len().div_ceil(thread::available_parallelism().map_or(1, NonZeroUsize::get)).max(1);
    thread::scope(|scope| {
        let open = |share: &'_ [Folder]| -> Vec<Opened> { share.iter().map(Folder::open).collect() };
        let shares: Vec<_> = folders.chunks(share).map(|share| scope.spawn(move || open(share))).collect();
        shares.into_iter().flat_map(|share| share.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    })
}

#[cfg(test)]
mod tests;
