//! Recordings in a container of blobs.

use std::{collections::HashMap, future::Future, io, sync::Arc};

use async_trait::async_trait;
use azure_core::{Error, error::ErrorKind, http::RequestContent};
use azure_storage_blob::{
    BlobClient, BlobContainerClient, BlobContainerClientOptions,
    models::{BlobClientGetPropertiesResultHeaders, BlobClientUploadOptions},
};
use bytes::Bytes;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use tokio::sync::OnceCell;

use super::{KeepError, Limits, RecordingStore, fetch};
use crate::{
    azure::{Service, Signing, client_options, identity, transport},
    call::{CallKey, Kept, RecordingToken},
    clock::Clock,
    config::{BlobAccess, BlobContainer},
    media::{audio::Audio, wav},
};

/// What a blob says of how long it plays, in milliseconds.
const LENGTH: &str = "ms";

/// A container of recordings. They go by themselves: the account removes what is old enough, as its lifecycle rule says.
pub struct BlobRecordings {
    settings: BlobContainer,
    limits: Limits,
    clock: Arc<dyn Clock>,
    /// Both are made for the first recording: they cost milliseconds, and many a process never sees one.
    container: OnceCell<BlobContainerClient>,
    client: OnceCell<reqwest::Client>,
}

impl BlobRecordings {
    /// Recordings in a container. Nothing is opened before the first of them.
    pub fn new(settings: BlobContainer, limits: Limits, clock: Arc<dyn Clock>) -> Self {
        Self { settings, limits, clock, container: OnceCell::new(), client: OnceCell::new() }
    }

    async fn container(&self) -> Result<&BlobContainerClient, KeepError> {
        self.container.get_or_try_init(async || self.open_container()).await
    }

    fn open_container(&self) -> Result<BlobContainerClient, KeepError> {
        let refused = |error: Error| KeepError::Refused(error.to_string());
        let BlobContainer { url, access } = &self.settings;
        let transport = transport(url).map_err(|error| KeepError::Refused(error.to_string()))?;
        let mut client_options = client_options(transport.clone());
        let credential = match access {
            BlobAccess::Key { account, key } => {
                let clock = Arc::clone(&self.clock);
                let signing = Signing::new(account, Service::Blobs, key.expose_secret(), url.is_loopback(), clock);
                client_options.per_try_policies.push(Arc::new(signing));
                None
            }
            BlobAccess::Identity(who) => Some(identity(who, transport).map_err(refused)?),
        };
        let options = BlobContainerClientOptions { client_options, ..BlobContainerClientOptions::default() };
        BlobContainerClient::new(url.as_url().clone(), credential, Some(options)).map_err(refused)
    }

    /// Looks whether the container is there and can be used.
    ///
    /// # Errors
    /// [`KeepError`], which says what is in the way.
    pub async fn look(&self) -> Result<(), KeepError> {
        match self.in_time(self.container().await?.exists()).await? {
            Ok(true) => Ok(()),
            Ok(false) => Err(KeepError::Refused(NO_CONTAINER.to_owned())),
            Err(error) => Err(failure(&error)),
        }
    }

    async fn blob(&self, call: &CallKey, n: u32) -> Result<BlobClient, KeepError> {
        Ok(self.container().await?.blob_client(&format!("{}/{n}.wav", call.as_str())))
    }

    /// How long a recording plays that is kept already.
    async fn length_ms(&self, blob: &BlobClient) -> Result<Option<u32>, KeepError> {
        match self.in_time(blob.get_properties(None)).await? {
            Ok(properties) => {
                let metadata = properties.metadata().map_err(|_| KeepError::Passing(UNREADABLE.to_owned()))?;
                Ok(metadata.get(LENGTH).and_then(|ms| ms.parse().ok()))
            }
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(failure(&error)),
        }
    }

    async fn in_time<T>(&self, answer: impl Future<Output = T>) -> Result<T, KeepError> {
        let answer = tokio::time::timeout(self.limits.time, answer).await;
        answer.map_err(|_| KeepError::Passing("the storage account did not answer in time".to_owned()))
    }
}

#[async_trait]
impl RecordingStore for BlobRecordings {
    /// It passes through memory: an instance in Azure has no disk of its own.
    async fn keep(&self, call: &CallKey, n: u32, location: &str, token: &RecordingToken) -> Result<Kept, KeepError> {
        let blob = self.blob(call, n).await?;
        if let Some(ms) = self.length_ms(&blob).await? {
            return Ok(Kept { n, ms });
        }
        let client = self.client.get_or_try_init(async || fetch::client()).await?;
        let request = fetch::request(client, location, token, self.limits.time)?;
        let wav = fetch::fetch_whole(request, self.limits.bytes).await?;
        let length = wav::length_ms(&wav, wav.len() as u64);
        let ms = length.ok_or_else(|| KeepError::Refused("what came is not a WAV file".to_owned()))?;
        let options = BlobClientUploadOptions {
            blob_content_type: Some("audio/wav".to_owned()),
            metadata: Some(HashMap::from([(LENGTH.to_owned(), ms.to_string())])),
            ..BlobClientUploadOptions::default()
        };
        match self.in_time(blob.upload(content(wav), Some(options.if_not_exists()))).await? {
            Ok(_) => Ok(Kept { n, ms }),
            // Whoever was quicker kept the same.
            Err(error) if is_there(&error) => Ok(Kept { n, ms }),
            Err(error) => Err(failure(&error)),
        }
    }

    /// Read whole, since it is no larger than what was kept through memory.
    async fn open(&self, call: &CallKey, n: u32) -> io::Result<Option<Audio>> {
        let blob = self.blob(call, n).await.map_err(io::Error::other)?;
        let read = self.in_time(async {
            match blob.download(None).await {
                Ok(found) => found.body.collect().await.map(Some),
                Err(error) if is_missing(&error) => Ok(None),
                Err(error) => Err(error),
            }
        });
        let wav = read.await.map_err(io::Error::other)?.map_err(|error| io::Error::other(failure(&error)))?;
        Ok(wav.map(|wav| Audio::recording_whole(n, wav)))
    }

    /// Nothing is left to do: the account does it.
    async fn forget_older_than(&self, _: Timestamp) -> io::Result<usize> {
        Ok(0)
    }
}

fn content(wav: Bytes) -> RequestContent<Bytes, azure_core::http::NoFormat> {
    wav.into()
}

fn is_missing(error: &Error) -> bool {
    code(error) == Some("BlobNotFound")
}

fn is_there(error: &Error) -> bool {
    code(error) == Some("BlobAlreadyExists")
}

/// The storage account's code. <https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes>
fn code(error: &Error) -> Option<&str> {
    match error.kind() {
        ErrorKind::HttpResponse { error_code, .. } => error_code.as_deref(),
        _ => None,
    }
}

const NO_CONTAINER: &str = "there is no such container: the templates in infra/ make it";

const FORBIDDEN: &str = "who asks may not write there: give it the role Storage Blob Data Contributor on the storage account";

const UNKNOWN_ASKER: &str = "the storage account does not take the key or token: check who asks, and this machine's clock";

const CLOSED: &str = "the storage account lets neither this key nor this network in: check who asks, and its network rules";

const UNREADABLE: &str = "the storage account's answer cannot be read";

/// What an error means for who can mend it. Its own text is not passed on: it may hold an address, and in that a signature.
/// Recordings are worth trying again for as long as Graph keeps them: what is wrong can be mended meanwhile.
fn failure(error: &Error) -> KeepError {
    let words = match (error.kind(), code(error)) {
        (_, Some("ContainerNotFound")) => NO_CONTAINER.to_owned(),
        (_, Some("AuthorizationPermissionMismatch")) => FORBIDDEN.to_owned(),
        (_, Some("AuthenticationFailed")) => UNKNOWN_ASKER.to_owned(),
        (_, Some("AuthorizationFailure")) => CLOSED.to_owned(),
        (ErrorKind::HttpResponse { status, .. }, code) => {
            format!("the storage account refused with {} {}", u16::from(*status), code.unwrap_or_default())
        }
        (ErrorKind::Credential, _) => "no token for the storage account: give the app its identity".to_owned(),
        _ => "the storage account cannot be reached".to_owned(),
    };
    KeepError::Passing(words)
}
