//! How a blob is read, part by part.

use std::{fmt, io, num::NonZero, ops::Range, time::Duration};

use async_trait::async_trait;
use azure_storage_blob::{BlobClient, models::BlobClientDownloadOptions};
use bytes::Bytes;

use super::failure;
use crate::media::audio::Elsewhere;

/// A recording that is read while it is sent.
pub(super) struct BlobSound {
    blob: BlobClient,
    /// The longest time for a part of it to arrive.
    time: Duration,
}

impl BlobSound {
    pub(super) fn new(blob: BlobClient, time: Duration) -> Self {
        Self { blob, time }
    }
}

#[async_trait]
impl Elsewhere for BlobSound {
    async fn read(&self, range: Range<u64>) -> io::Result<Bytes> {
        let part = tokio::time::timeout(self.time, read(&self.blob, range)).await?;
        part.map_err(|error| io::Error::other(failure(&error)))
    }
}

impl fmt::Debug for BlobSound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlobSound").finish_non_exhaustive()
    }
}

/// Part of a blob, in one request. There must be something in the range.
pub(super) async fn read(blob: &BlobClient, range: Range<u64>) -> Result<Bytes, azure_core::Error> {
    let options = BlobClientDownloadOptions {
        parallel: NonZero::new(1),
        partition_size: NonZero::new((range.end - range.start) as usize),
        range: Some(range.into()),
        ..BlobClientDownloadOptions::default()
    };
    blob.download(Some(options)).await?.body.collect().await
}
