//! The account, how it is opened, and how long it may take: a turn has 2.8 seconds for all that it does.

use std::{sync::Arc, time::Duration};

use azure_core::credentials::{Secret, TokenCredential};
use azure_data_cosmos::{
    AccountEndpoint, AccountReference, CosmosClient, CosmosError, CosmosRuntime, RoutingStrategy,
    clients::{ContainerClient, DatabaseClient},
    options::{
        ConnectionPoolOptions, EndToEndOperationLatencyPolicy, OperationOptions, OperationOptionsBuilder,
        ReadConsistencyStrategy, ServerCertificateValidation, ThrottlingRetryOptionsBuilder,
    },
};
use azure_identity::{ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId};
use secrecy::ExposeSecret;
use tokio::sync::OnceCell;

use super::failure::ConnectError;
use crate::config::{CosmosAccess, CosmosAccount};

/// How long one operation may take, whatever is tried again within it.
pub(super) const OPERATION: Duration = Duration::from_secs(2);

/// How long one request may take; after that it is tried again.
const REQUEST: Duration = Duration::from_millis(1_500);

/// How long opening a connection may take.
const CONNECT: Duration = Duration::from_secs(1);

/// How often a request is tried again that came too soon after others, and how long that may be waited for in all.
const THROTTLED: (u32, Duration) = (3, Duration::from_secs(1));

/// How long everything that precedes the first operation may take.
const FIRST_CONTACT: Duration = Duration::from_secs(10);

/// The containers, ready for use.
pub(super) struct Containers {
    /// Calls.
    pub(super) calls: ContainerClient,
    /// Flows and prompts.
    pub(super) flows: ContainerClient,
}

/// The account of the settings.
pub(super) struct Account {
    settings: CosmosAccount,
    /// Made once: it brings its own threads.
    runtime: OnceCell<CosmosRuntime>,
}

impl Account {
    pub(super) fn new(settings: CosmosAccount) -> Self {
        Self { settings, runtime: OnceCell::new() }
    }

    /// Where it is, for the log.
    pub(super) fn name(&self) -> String {
        format!("{}, database {}", self.settings.endpoint, self.settings.database)
    }

    /// Finds the account and both containers.
    pub(super) async fn connect(&self) -> Result<Containers, ConnectError> {
        let connecting = tokio::time::timeout(FIRST_CONTACT, self.find_containers());
        connecting.await.unwrap_or_else(|_| Err(ConnectError::Silent(self.settings.endpoint.to_string())))
    }

    async fn find_containers(&self) -> Result<Containers, ConnectError> {
        let reference = self.reference()?;
        let account = self.find_account(reference).await.map_err(|error| self.refused(&error))?;
        let database = account.database_client(&self.settings.database);
        let (calls, flows) = tokio::try_join!(self.container(&database, "calls"), self.container(&database, "flows"))?;
        Ok(Containers { calls, flows })
    }

    /// There is one region: which to prefer is no question.
    async fn find_account(&self, reference: AccountReference) -> Result<CosmosClient, CosmosError> {
        let runtime = self.runtime.get_or_try_init(|| runtime(self.settings.endpoint.is_loopback())).await?.clone();
        let client = CosmosClient::builder().with_runtime(runtime).with_default_operation_options(limits());
        client.build(reference, RoutingStrategy::PreferredRegions(vec![])).await
    }

    async fn container(&self, database: &DatabaseClient, name: &'static str) -> Result<ContainerClient, ConnectError> {
        database.container_client(name, None).await.map_err(|error| match u16::from(error.status().status_code()) {
            404 => ConnectError::NoContainer { name, database: self.settings.database.clone() },
            _ => self.refused(&error),
        })
    }

    fn reference(&self) -> Result<AccountReference, ConnectError> {
        let endpoint = self.settings.endpoint.as_str().parse::<AccountEndpoint>().map_err(|error| self.refused(&error))?;
        Ok(match &self.settings.access {
            CosmosAccess::Key(key) => {
                AccountReference::with_authentication_key(endpoint, Secret::from(key.expose_secret().to_owned()))
            }
            CosmosAccess::Identity { client_id } => AccountReference::with_credential(endpoint, identity(client_id.clone())?),
        })
    }

    fn refused(&self, error: &CosmosError) -> ConnectError {
        let has_key = matches!(self.settings.access, CosmosAccess::Key(_));
        ConnectError::of(error.status(), has_key, self.settings.endpoint.as_str())
    }
}

/// The app's managed identity; the app's own where no other is named.
fn identity(client_id: Option<String>) -> Result<Arc<dyn TokenCredential>, ConnectError> {
    let options = ManagedIdentityCredentialOptions {
        user_assigned_id: client_id.map(UserAssignedId::ClientId),
        ..ManagedIdentityCredentialOptions::default()
    };
    match ManagedIdentityCredential::new(Some(options)) {
        Ok(credential) => Ok(credential),
        Err(error) => Err(ConnectError::Identity(error.kind().to_string())),
    }
}

async fn runtime(is_emulator: bool) -> Result<CosmosRuntime, CosmosError> {
    let certificates = match is_emulator {
        true => ServerCertificateValidation::RequiredUnlessEmulator,
        false => ServerCertificateValidation::Required,
    };
    let pool = ConnectionPoolOptions::builder()
        .with_server_certificate_validation(certificates)
        .with_max_connect_timeout(CONNECT)
        .with_max_dataplane_request_timeout(REQUEST)
        .with_max_metadata_request_timeout(OPERATION)
        .with_gateway_v2_disabled(true)
        .build()?;
    CosmosRuntime::builder().with_connection_pool(pool).build().await
}

/// The limits of every operation. Reads see the last write of whichever instance.
fn limits() -> OperationOptions {
    let (tries, wait) = THROTTLED;
    let throttled = ThrottlingRetryOptionsBuilder::new().with_max_retry_count(tries).with_max_retry_wait_time(wait).build();
    OperationOptionsBuilder::new()
        .with_end_to_end_latency_policy(EndToEndOperationLatencyPolicy::new(OPERATION))
        .with_throttling_retry_options(throttled)
        .with_read_consistency_strategy(ReadConsistencyStrategy::LatestCommitted)
        .build()
}
