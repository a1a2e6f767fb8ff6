//! What is kept and where.

use std::path::PathBuf;

use secrecy::{SecretSlice, SecretString};

use super::{
    base_url::BaseUrl,
    queues::{HostStorage, Identity},
    reader::{Reader, any, guid, secret},
};

/// What is kept and where.
#[derive(Debug, Clone)]
pub struct Keeping {
    /// Where calls are kept between two turns.
    pub state_store: StateStore,
    /// Where recordings are kept.
    pub recordings: Recordings,
}

/// Where calls are kept between two turns.
#[derive(Debug, Clone)]
pub enum StateStore {
    /// Azure Cosmos DB.
    Cosmos(CosmosAccount),
    /// One file.
    File(PathBuf),
}

/// An account of Azure Cosmos DB.
#[derive(Debug, Clone)]
pub struct CosmosAccount {
    /// Its address.
    pub endpoint: BaseUrl,
    /// The database, which holds the containers `calls` and `flows`.
    pub database: String,
    /// What opens it.
    pub access: CosmosAccess,
}

/// What opens an account of Azure Cosmos DB.
#[derive(Debug, Clone)]
pub enum CosmosAccess {
    /// The key of an emulator on this machine.
    Key(SecretString),
    /// A managed identity of the app.
    Identity {
        /// The identity's client id, lower case; `None` is the one that is the app's own.
        client_id: Option<String>,
    },
}

/// Where recordings are kept, as `{call}/{n}.wav`.
#[derive(Debug, Clone)]
pub enum Recordings {
    /// A folder.
    File(PathBuf),
    /// A blob container.
    Blob(BlobContainer),
}

/// A container of blobs in Azure Storage.
#[derive(Debug, Clone)]
pub struct BlobContainer {
    /// Its address.
    pub url: BaseUrl,
    /// What opens it.
    pub access: BlobAccess,
}

/// What opens a container of blobs.
#[derive(Debug, Clone)]
pub enum BlobAccess {
    /// The key of its account: that of `AzureWebJobsStorage`, where the container is in it.
    Key {
        /// The account's name.
        account: String,
        /// Its key.
        key: SecretSlice<u8>,
    },
    /// Who asks: the same as for the host's storage, else the app's identity.
    Identity(Identity),
}

impl Keeping {
    pub(super) fn read(reader: &mut Reader, storage: Option<&HostStorage>) -> Option<Self> {
        let state_store = read_state_store(reader);
        let recordings = read_recordings(reader, storage);
        Some(Self { state_store: state_store?, recordings: recordings? })
    }
}

fn read_state_store(reader: &mut Reader) -> Option<StateStore> {
    match reader.text("STATE_STORE")?.as_str() {
        "cosmos" => read_cosmos(reader),
        _ => reader.required("STATE_STORE", |text| match file_path(text) {
            Some(path) => Ok(StateStore::File(path)),
            None => Err("is neither cosmos nor file:PATH".to_owned()),
        }),
    }
}

/// A key opens everything and cannot be taken from one holder alone, so only an emulator may be opened with one.
fn read_cosmos(reader: &mut Reader) -> Option<StateStore> {
    let endpoint = reader.required("COSMOS_ENDPOINT", BaseUrl::parse);
    let database = reader.required("COSMOS_DATABASE", any);
    let access = match reader.optional("COSMOS_KEY", secret) {
        Some(key) => CosmosAccess::Key(key),
        None => CosmosAccess::Identity { client_id: reader.optional("BOT_IDENTITY_CLIENT_ID", guid) },
    };
    let (endpoint, database) = (endpoint?, database?);
    match matches!(access, CosmosAccess::Key(_)) && !endpoint.is_loopback() {
        true => reader.fault("COSMOS_KEY", "is set, but COSMOS_ENDPOINT is no emulator on this machine: leave it empty"),
        false => Some(StateStore::Cosmos(CosmosAccount { endpoint, database, access })),
    }
}

fn read_recordings(reader: &mut Reader, storage: Option<&HostStorage>) -> Option<Recordings> {
    let text = reader.text("RECORDINGS")?;
    if let Some(path) = file_path(&text) {
        return Some(Recordings::File(path));
    }
    let url = reader.required("RECORDINGS", |text| match text.starts_with("http") {
        true => BaseUrl::parse(text),
        false => Err("is neither file:PATH nor a blob container's URL".to_owned()),
    })?;
    let access = match storage {
        Some(HostStorage::Key { blobs, account, key, .. }) if is_in(&url, blobs) => {
            BlobAccess::Key { account: account.clone(), key: key.clone() }
        }
        Some(HostStorage::Identity { who, .. }) => BlobAccess::Identity(who.clone()),
        _ => BlobAccess::Identity(Identity::Managed(reader.optional("BOT_IDENTITY_CLIENT_ID", guid))),
    };
    Some(Recordings::Blob(BlobContainer { url, access }))
}

/// The container is one of this account.
fn is_in(container: &BaseUrl, blobs: &BaseUrl) -> bool {
    container.as_str().strip_prefix(blobs.as_str()).is_some_and(|rest| rest.starts_with('/'))
}

fn file_path(text: &str) -> Option<PathBuf> {
    text.strip_prefix("file:").filter(|path| !path.is_empty()).map(PathBuf::from)
}
