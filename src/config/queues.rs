//! Where the queues are: the storage account that the Functions host uses itself.

use secrecy::SecretSlice;

use super::{
    base_url::BaseUrl,
    connection_string::ConnectionString,
    reader::{Reader, SettingError, any, guid},
};

/// The host's storage account, as the host is given it.
#[derive(Debug, Clone)]
pub enum HostStorage {
    /// By its key, out of a connection string.
    Key {
        /// The blob service's address.
        blobs: BaseUrl,
        /// The queue service's address.
        queues: BaseUrl,
        /// The account's name.
        account: String,
        /// Its key.
        key: SecretSlice<u8>,
    },
    /// By who asks.
    Identity {
        /// The queue service's address.
        queues: BaseUrl,
        /// Who asks.
        who: Identity,
    },
}

/// Who opens a storage account without its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// The identity that Azure gives the app: a user-assigned one by its client id, or the app's own.
    Managed(Option<String>),
    /// Whoever is signed in with the Azure CLI: a person at their desk.
    SignedIn,
}

impl HostStorage {
    /// Reads the storage account alone, of the settings of this process. `None` where there is none.
    ///
    /// # Errors
    /// Every fault there is.
    pub fn from_env() -> Result<Option<Self>, Vec<SettingError>> {
        Self::alone(|name| std::env::var(name).ok())
    }

    /// Reads the storage account alone, from any source of named values. `None` where there is none.
    ///
    /// # Errors
    /// Every fault there is.
    pub fn alone(get: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, Vec<SettingError>> {
        let mut reader = Reader::new(&get);
        let storage = Self::read(&mut reader);
        reader.finish(Some(storage))
    }

    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let connection = reader.optional("AzureWebJobsStorage", ConnectionString::parse);
        let who = who(reader);
        let account = reader.optional("AzureWebJobsStorage__accountName", any);
        let queues = match reader.optional("AzureWebJobsStorage__queueServiceUri", BaseUrl::parse) {
            Some(address) => Some(address),
            None => account.and_then(|account| queues_of(reader, &account)),
        };
        match (connection, queues) {
            (Some(ConnectionString { blobs, queues, account, key }), _) => Some(Self::Key { blobs, queues, account, key }),
            (None, queues) => Some(Self::Identity { queues: queues?, who }),
        }
    }

    /// The queue service's address.
    pub fn queues(&self) -> &BaseUrl {
        match self {
            Self::Key { queues, .. } | Self::Identity { queues, .. } => queues,
        }
    }
}

fn who(reader: &mut Reader) -> Identity {
    let client_id = reader.optional("AzureWebJobsStorage__clientId", guid);
    let is_managed = |text: &str| match text.eq_ignore_ascii_case("managedidentity") {
        true => Ok(()),
        false => Err("is not managedidentity".to_owned()),
    };
    match reader.optional("AzureWebJobsStorage__credential", is_managed) {
        Some(()) => Identity::Managed(client_id),
        None => Identity::SignedIn,
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
