//! What can go wrong, in few words: an error of the client prints pages. And how many requests it took.

use azure_data_cosmos::{CosmosError, CosmosStatus, models::ItemResponse};

use crate::{store::StoreError, telemetry::note_requests};

/// Why there is no connection, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ConnectError {
    /// No container of that name.
    #[error(
        "database {database} has no container {name}: check COSMOS_DATABASE, or create it with the templates in infra/, since the program does not"
    )]
    NoContainer {
        /// The container.
        name: &'static str,
        /// The database.
        database: String,
    },
    /// The key is wrong.
    #[error("the Cosmos DB account refuses COSMOS_KEY ({0}): set it to the emulator's key, in base64")]
    Key(CosmosStatus),
    /// The identity is not the app's, or the account does not know it.
    #[error(
        "no managed identity opens the Cosmos DB account ({0}): check BOT_IDENTITY_CLIENT_ID and that the app has the identity"
    )]
    Identity(String),
    /// The identity may not.
    #[error(
        "the managed identity may not use the Cosmos DB account ({0}): assign it the account's own role Cosmos DB Built-in Data Contributor, and check that the account's firewall lets the app in"
    )]
    Forbidden(CosmosStatus),
    /// Nobody answers.
    #[error("nothing answers in time at COSMOS_ENDPOINT {0}: check the address, and that the network leads there")]
    Silent(String),
    /// Something else.
    #[error(
        "no Cosmos DB account answers at COSMOS_ENDPOINT {endpoint} ({status}): check the address, and that the network leads there"
    )]
    Other {
        /// What came back.
        status: CosmosStatus,
        /// Where from.
        endpoint: String,
    },
}

impl ConnectError {
    /// What a failed attempt means.
    pub(super) fn of(status: CosmosStatus, has_key: bool, endpoint: &str) -> Self {
        match (u16::from(status.status_code()), has_key) {
            (401, true) | (403, true) => Self::Key(status),
            (401, false) => Self::Identity(status.to_string()),
            (403, false) => Self::Forbidden(status),
            _ => Self::Other { status, endpoint: endpoint.to_owned() },
        }
    }
}

/// What a failed operation is to whoever asked. All of it is worth asking again: what is really wrong is mended outside.
pub(super) fn failure(error: &CosmosError) -> StoreError {
    StoreError::Unavailable(format!("Cosmos DB answers {}", error.status()))
}

/// Notes how many requests an operation on an item took, for the log.
pub(super) fn noted(answer: Result<ItemResponse, CosmosError>) -> Result<ItemResponse, CosmosError> {
    match &answer {
        Ok(response) => note_requests(response.diagnostics().request_count()),
        Err(error) => note_failed(error),
    }
    answer
}

/// Notes how many requests an operation took that failed.
pub(super) fn note_failed(error: &CosmosError) {
    note_requests(error.diagnostics().map_or(0, |diagnostics| diagnostics.request_count()));
}
