//! Which flow a call follows: chosen when it rings, and the same version to its end, whatever is deployed meanwhile.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use tokio::sync::OnceCell;

use super::Shelf;
use crate::{
    call::Party,
    config::IncomingFlow,
    flow::Flow,
    store::{CallStore, StoreError},
};

/// Why a flow could not be had.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// The settings name a flow that is not in the flows folder.
    #[error("flow {0} is not in the flows folder: check INCOMING_FLOW and FLOWS_DIR")]
    NotOnShelf(String),
    /// A call is pinned to a version that nobody stored.
    #[error("version {0} of a flow is neither in the flows folder nor in the store")]
    NotStored(String),
    /// A prompt is no longer what it was when the flows were read, and nobody stored it then.
    #[error("prompt {0} was changed or removed while the program ran: start it again")]
    PromptChanged(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FlowError {
    /// The same may succeed a little later.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Store(StoreError::Unavailable(_)))
    }
}

/// The flows, on the shelf and in the store.
pub struct Flows {
    shelf: Shelf,
    incoming: IncomingFlow,
    store: Arc<dyn CallStore>,
    /// Versions known to be stored.
    pinned: Mutex<HashMap<String, Arc<OnceCell<()>>>>,
    /// Versions that were read from the store, since they are no longer on the shelf.
    read: Mutex<HashMap<String, Arc<Flow>>>,
}

impl Flows {
    /// Flows from a shelf, pinned in a store.
    ///
    /// # Errors
    /// [`FlowError::NotOnShelf`] where the settings name a flow that is not there.
    pub fn new(shelf: Shelf, incoming: IncomingFlow, store: Arc<dyn CallStore>) -> Result<Self, FlowError> {
        if let Some(name) = incoming.names().find(|name| shelf.flow(name).is_none()) {
            return Err(FlowError::NotOnShelf(name.to_owned()));
        }
        Ok(Self { shelf, incoming, store, pinned: Mutex::default(), read: Mutex::default() })
    }

    /// The flow for an incoming call, stored with its prompts under its version.
    ///
    /// # Errors
    /// [`FlowError`] where it could not be stored.
    pub async fn for_incoming(&self, called: Option<&Party>) -> Result<Arc<Flow>, FlowError> {
        let name = self.incoming.of(called.map(|party| party.id.as_str()));
        let flow = self.shelf.flow(name).ok_or_else(|| FlowError::NotOnShelf(name.to_owned()))?;
        self.pin(&flow).await?;
        Ok(flow)
    }

    /// The flow of this name, stored with its prompts under its version; `None` where there is none.
    ///
    /// # Errors
    /// [`FlowError`] where it could not be stored.
    pub async fn named(&self, name: &str) -> Result<Option<Arc<Flow>>, FlowError> {
        let Some(flow) = self.shelf.flow(name) else { return Ok(None) };
        self.pin(&flow).await?;
        Ok(Some(flow))
    }

    /// Stores every flow that may be asked for, so that no caller waits for it.
    ///
    /// # Errors
    /// [`FlowError`] where one could not be stored; it is tried again when a call needs it.
    pub async fn pin_all(&self) -> Result<(), FlowError> {
        for flow in self.shelf.flows() {
            self.pin(flow).await?;
        }
        Ok(())
    }

    /// The flow of a version.
    ///
    /// # Errors
    /// [`FlowError::NotStored`] where there is none, or the store's error.
    pub async fn of(&self, version: &str) -> Result<Arc<Flow>, FlowError> {
        let on_shelf = self.shelf.flows().find(|flow| flow.version == version).cloned();
        if let Some(flow) = on_shelf.or_else(|| lock(&self.read).get(version).cloned()) {
            return Ok(flow);
        }
        let stored = self.store.flow(version).await?;
        let flow = Arc::new(stored.ok_or_else(|| FlowError::NotStored(version.to_owned()))?);
        lock(&self.read).insert(version.to_owned(), Arc::clone(&flow));
        Ok(flow)
    }

    /// Whether a flow on the shelf looks at a switch.
    pub fn know_switch(&self, name: &str) -> bool {
        self.shelf.flows().any(|flow| flow.switches().any(|switch| switch == name))
    }

    /// A prompt's WAV by its SHA-256; `None` where no flow ever had it. It can have megabytes, and is read where this is called.
    ///
    /// # Errors
    /// [`StoreError`] where the store had to be asked and failed.
    pub async fn prompt(&self, sha256: &str) -> Result<Option<Bytes>, StoreError> {
        match self.shelf.wave(sha256) {
            Some(wave) => Ok(Some(wave)),
            None => self.store.prompt(sha256).await,
        }
    }

    async fn pin(&self, flow: &Flow) -> Result<(), FlowError> {
        let cell = Arc::clone(lock(&self.pinned).entry(flow.version.clone()).or_default());
        cell.get_or_try_init(|| self.store_whole(flow)).await?;
        Ok(())
    }

    /// Prompts first: a flow that is stored can be played.
    async fn store_whole(&self, flow: &Flow) -> Result<(), FlowError> {
        for (name, prompt) in flow.all().flat_map(Flow::every_prompt) {
            match self.shelf.wave(&prompt.sha256) {
                Some(wave) => self.store.pin_prompt(&prompt.sha256, &wave).await?,
                None if self.store.prompt(&prompt.sha256).await?.is_some() => {}
                None => return Err(FlowError::PromptChanged(name)),
            }
        }
        Ok(self.store.pin_flow(flow).await?)
    }
}

/// What was being written when a thread panicked is a whole entry all the same.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
