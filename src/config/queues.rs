//! Where the queues are: the storage account that the Functions host uses itself.

use secrecy::SecretString;

use super::{
    base_url::BaseUrl,
    reader::{Reader, any, guid, secret},
};

/// The host's storage account, as the host is given it.
#[derive(Debug, Clone)]
pub enum HostStorage {
    /// By a connection string, e.g. `UseDevelopmentStorage=true` for an emulator on this machine.
    ConnectionString(SecretString),
    /// By managed identity.
    Identity {
        /// The queue service's address.
        queues: BaseUrl,
        /// The client id of a user-assigned identity; `None` for the app's own.
        client_id: Option<String>,
    },
}

impl HostStorage {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let connection = reader.optional("AzureWebJobsStorage", secret);
        let client_id = reader.optional("AzureWebJobsStorage__clientId", guid);
        let account = reader.optional("AzureWebJobsStorage__accountName", any);
        let queues = match reader.optional("AzureWebJobsStorage__queueServiceUri", BaseUrl::parse) {
            Some(address) => Some(address),
            None => account.and_then(|account| queues_of(reader, &account)),
        };
        match (connection, queues) {
            (Some(connection), _) => Some(Self::ConnectionString(connection)),
            (None, queues) => Some(Self::Identity { queues: queues?, client_id }),
        }
    }
}

/// Account names: <https://learn.microsoft.com/azure/storage/common/storage-account-overview#storage-account-name>
fn queues_of(reader: &mut Reader, account: &str) -> Option<BaseUrl> {
    let is_name = (3..=24).contains(&account.len()) && account.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    match BaseUrl::parse(&format!("https://{account}.queue.core.windows.net")) {
        Ok(address) if is_name => Some(address),
        _ => reader.fault("AzureWebJobsStorage__accountName", "is not 3 to 24 lower-case letters and digits"),
    }
}
