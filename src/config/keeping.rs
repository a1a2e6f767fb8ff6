//! What is kept and where.

use std::path::PathBuf;

use secrecy::SecretString;

use super::{
    base_url::BaseUrl,
    reader::{Reader, any, secret},
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
    Cosmos {
        /// The account's address.
        endpoint: BaseUrl,
        /// The database, which holds the containers `calls` and `flows`.
        database: String,
        /// The key of an emulator on this machine. `None`: the managed identity.
        key: Option<SecretString>,
    },
    /// One file.
    File(PathBuf),
}

/// Where recordings are kept, as `{call}/{n}.wav`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recordings {
    /// A folder.
    File(PathBuf),
    /// A blob container, by its URL.
    Blob(BaseUrl),
}

impl Keeping {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let state_store = read_state_store(reader);
        let recordings = reader.required("RECORDINGS", parse_recordings);
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
    let key = reader.optional("COSMOS_KEY", secret);
    let (endpoint, database) = (endpoint?, database?);
    match key.is_some() && !endpoint.is_loopback() {
        true => reader.fault("COSMOS_KEY", "is set, but COSMOS_ENDPOINT is no emulator on this machine: leave it empty"),
        false => Some(StateStore::Cosmos { endpoint, database, key }),
    }
}

fn parse_recordings(text: &str) -> Result<Recordings, String> {
    match file_path(text) {
        Some(path) => Ok(Recordings::File(path)),
        None if text.starts_with("http") => BaseUrl::parse(text).map(Recordings::Blob),
        None => Err("is neither file:PATH nor a blob container's URL".to_owned()),
    }
}

fn file_path(text: &str) -> Option<PathBuf> {
    text.strip_prefix("file:").filter(|path| !path.is_empty()).map(PathBuf::from)
}
