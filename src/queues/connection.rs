//! The way to the storage account.

use std::{sync::Arc, time::Duration};

use azure_core::{
    credentials::TokenCredential,
    http::{ClientOptions, FixedRetryOptions, RetryOptions, Transport},
};
use azure_identity::{DeveloperToolsCredential, ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId};
use azure_storage_queue::{QueueServiceClient, QueueServiceClientOptions};
use reqwest::{Client, redirect::Policy};
use secrecy::ExposeSecret;

use super::{error::QueueError, signing::Signing};
use crate::{
    clock::Clock,
    config::{BaseUrl, HostStorage, Identity},
};

/// How long a connection is kept that nobody uses. Short, as the machine may be frozen meanwhile and wake with dead ones.
const IDLE_FOR: Duration = Duration::from_secs(30);

/// How often a request is sent again that was not answered, or answered with 429 or 5xx.
const RETRIES: u32 = 2;

/// How long before that.
const RETRY_AFTER: azure_core::time::Duration = azure_core::time::Duration::milliseconds(100);

/// Opens the account's queues. Nothing is asked of it yet.
pub(super) fn open(storage: &HostStorage, clock: Arc<dyn Clock>) -> Result<QueueServiceClient, QueueError> {
    let transport = Transport::new(Arc::new(http(storage.queues())?));
    let mut client_options = ClientOptions { transport: Some(transport.clone()), retry: retry(), ..ClientOptions::default() };
    let credential = match storage {
        HostStorage::Key { queues, account, key } => {
            let signing = Signing::new(account, key.expose_secret(), queues.is_loopback(), clock);
            client_options.per_try_policies.push(Arc::new(signing));
            None
        }
        HostStorage::Identity { who, .. } => Some(credential(who, transport)?),
    };
    let options = QueueServiceClientOptions { client_options, ..QueueServiceClientOptions::default() };
    QueueServiceClient::new(storage.queues().as_url().clone(), credential, Some(options)).map_err(unopened)
}

fn http(queues: &BaseUrl) -> Result<Client, QueueError> {
    let builder = Client::builder().redirect(Policy::none()).pool_idle_timeout(IDLE_FOR);
    let builder = if queues.is_loopback() { builder.no_proxy() } else { builder };
    builder.build().map_err(|error| QueueError::Unopened(error.to_string()))
}

fn retry() -> RetryOptions {
    RetryOptions::fixed(FixedRetryOptions { delay: RETRY_AFTER, max_retries: RETRIES, ..FixedRetryOptions::default() })
}

fn credential(who: &Identity, transport: Transport) -> Result<Arc<dyn TokenCredential>, QueueError> {
    match who {
        Identity::SignedIn => Ok(DeveloperToolsCredential::new(None).map_err(unopened)?),
        Identity::Managed(client_id) => {
            let client_options = ClientOptions { transport: Some(transport), retry: retry(), ..ClientOptions::default() };
            let user_assigned_id = client_id.clone().map(UserAssignedId::ClientId);
            let options = ManagedIdentityCredentialOptions { user_assigned_id, client_options };
            Ok(ManagedIdentityCredential::new(Some(options)).map_err(unopened)?)
        }
    }
}

fn unopened(error: azure_core::Error) -> QueueError {
    QueueError::Unopened(error.to_string())
}
