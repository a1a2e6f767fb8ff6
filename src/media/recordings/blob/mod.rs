//! Recordings in a container of blobs: how several become one (`join`), how one is read (`sound`), and what errors mean (`failure`).

mod failure;
mod join;
mod sound;

use std::{collections::HashMap, future::Future, io, sync::Arc};

use async_trait::async_trait;
use azure_core::Error;
use azure_storage_blob::{
    BlobClient, BlobContainerClient, BlobContainerClientOptions,
    models::{BlobClientGetPropertiesResultHeaders, BlobClientUploadOptions},
};
use bytes::Bytes;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use tokio::sync::OnceCell;

use self::{
    failure::{NO_CONTAINER, UNREADABLE, failure, is_missing, is_there},
    sound::BlobSound,
};
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

const GONE: &str = "it was made, and is gone again";

/// What every blob here is.
const CONTENT_TYPE: &str = "audio/wav";

/// What is known of a recording.
struct Found {
    /// How long it plays, in milliseconds.
    ms: Option<u32>,
    /// The length of its file.
    bytes: u64,
}

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

    /// What is known of a recording that is kept already.
    async fn found(&self, blob: &BlobClient) -> Result<Option<Found>, KeepError> {
        let unreadable = |_| KeepError::Passing(UNREADABLE.to_owned());
        match self.in_time(blob.get_properties(None)).await? {
            Ok(properties) => {
                let ms = properties.metadata().map_err(unreadable)?.get(LENGTH).and_then(|ms| ms.parse().ok());
                let bytes = properties.content_length().map_err(unreadable)?;
                Ok(Some(Found { ms, bytes: bytes.unwrap_or_default() }))
            }
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(failure(&error)),
        }
    }

    /// How long a recording plays that is kept already.
    async fn length_ms(&self, blob: &BlobClient) -> Result<Option<u32>, KeepError> {
        Ok(self.found(blob).await?.and_then(|found| found.ms))
    }

    async fn upload(&self, blob: &BlobClient, n: u32, wav: Bytes, ms: u32) -> Result<Kept, KeepError> {
        let options = BlobClientUploadOptions {
            blob_content_type: Some(CONTENT_TYPE.to_owned()),
            metadata: Some(metadata(ms)),
            ..BlobClientUploadOptions::default()
        };
        match self.in_time(blob.upload(wav.into(), Some(options.if_not_exists()))).await? {
            // Whoever was quicker kept the same.
            Err(error) if !is_there(&error) => Err(failure(&error)),
            _ => Ok(Kept { n, ms, parts: Vec::new() }),
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
            return Ok(Kept { n, ms, parts: Vec::new() });
        }
        let client = self.client.get_or_try_init(async || fetch::client()).await?;
        let request = fetch::request(client, location, token, self.limits.time)?;
        let wav = fetch::fetch_whole(request, self.limits.bytes).await?;
        let length = wav::length_ms(&wav, wav.len() as u64);
        let ms = length.ok_or_else(|| KeepError::Refused("what came is not a WAV file".to_owned()))?;
        self.upload(&blob, n, wav, ms).await
    }

    /// It passes through memory too, block by block.
    async fn join(&self, call: &CallKey, n: u32, parts: &[u32]) -> Result<Kept, KeepError> {
        let blob = self.blob(call, n).await?;
        let ms = match self.length_ms(&blob).await? {
            Some(ms) => ms,
            None => {
                let made = self.make_one(call, &blob, parts).await;
                // What counts is what is there: somebody else may have been quicker, and have removed the parts already.
                self.length_ms(&blob).await?.ok_or_else(|| made.err().unwrap_or_else(|| KeepError::Passing(GONE.to_owned())))?
            }
        };
        self.forget(call, parts).await?;
        Ok(Kept { n, ms, parts: Vec::new() })
    }

    async fn forget(&self, call: &CallKey, recordings: &[u32]) -> Result<(), KeepError> {
        for n in recordings {
            let blob = self.blob(call, *n).await?;
            match self.in_time(blob.delete(None)).await? {
                Err(error) if !is_missing(&error) => return Err(failure(&error)),
                _ => {}
            }
        }
        Ok(())
    }

    async fn open(&self, call: &CallKey, n: u32) -> io::Result<Option<Audio>> {
        let blob = self.blob(call, n).await.map_err(io::Error::other)?;
        let found = self.found(&blob).await.map_err(io::Error::other)?;
        Ok(found.map(|found| Audio::recording_elsewhere(n, found.bytes, Arc::new(BlobSound::new(blob, self.limits.time)))))
    }

    /// Nothing is left to do: the account does it.
    async fn forget_older_than(&self, _: Timestamp) -> io::Result<usize> {
        Ok(0)
    }
}

/// What is said of a blob beside what is in it.
fn metadata(ms: u32) -> HashMap<String, String> {
    HashMap::from([(LENGTH.to_owned(), ms.to_string())])
}
