//! The way to the storage account.

use std::sync::Arc;

use azure_storage_queue::{QueueServiceClient, QueueServiceClientOptions};
use secrecy::ExposeSecret;

use super::error::QueueError;
use crate::{
    azure::{Service, Signing, client_options, identity, transport},
    clock::Clock,
    config::HostStorage,
};

/// Opens the account's queues. Nothing is asked of it yet.
pub(super) fn open(storage: &HostStorage, clock: Arc<dyn Clock>) -> Result<QueueServiceClient, QueueError> {
    let transport = transport(storage.queues()).map_err(|error| QueueError::Unopened(error.to_string()))?;
    let mut client_options = client_options(transport.clone());
    let credential = match storage {
        HostStorage::Key { queues, account, key, .. } => {
            let signing = Signing::new(account, Service::Queues, key.expose_secret(), queues.is_loopback(), clock);
            client_options.per_try_policies.push(Arc::new(signing));
            None
        }
        HostStorage::Identity { who, .. } => Some(identity(who, transport).map_err(unopened)?),
    };
    let options = QueueServiceClientOptions { client_options, ..QueueServiceClientOptions::default() };
    QueueServiceClient::new(storage.queues().as_url().clone(), credential, Some(options)).map_err(unopened)
}

fn unopened(error: azure_core::Error) -> QueueError {
    QueueError::Unopened(error.to_string())
}
