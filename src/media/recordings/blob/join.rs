//! How one recording is made of several: block by block, so that no more than a block is in memory. A blob appears when its list of
//! blocks is written, whole or not at all.
//!
//! <https://learn.microsoft.com/rest/api/storageservices/put-block-list>

use std::ops::Range;

use azure_storage_blob::{
    BlobClient, BlockBlobClient,
    models::{BlockBlobClientCommitBlockListOptions, BlockLookupList},
};
use bytes::Bytes;

use super::{BlobRecordings, CONTENT_TYPE, failure, is_there, metadata, sound::read};
use crate::{
    call::CallKey,
    media::{
        recordings::{HEAD, KeepError},
        wav::{self, Samples},
    },
};

/// The largest block, in bytes: a little more than two minutes of sound.
const BLOCK: u64 = 4 * 1024 * 1024;

/// A part that is there, and its samples.
struct Part {
    blob: BlobClient,
    samples: Samples,
}

/// Blocks that are written, of which nothing is to be seen yet.
struct Blocks {
    whole: BlockBlobClient,
    /// Nobody else's blocks are called so, though several join the same parts.
    mark: u64,
    names: Vec<Vec<u8>>,
}

impl BlobRecordings {
    /// Writes the samples of all `parts` that are there into one blob, in order.
    pub(super) async fn make_one(&self, call: &CallKey, whole: &BlobClient, parts: &[u32]) -> Result<(), KeepError> {
        let parts = self.found_parts(call, parts).await?;
        let (header, ms) = heading(&parts)?;
        let mark = getrandom::u64().map_err(|error| KeepError::Passing(error.to_string()))?;
        let mut blocks = Blocks { whole: whole.block_blob_client(), mark, names: Vec::new() };
        self.write_block(&mut blocks, header).await?;
        for Part { blob, samples } in &parts {
            for range in pieces(samples.range.clone()) {
                let piece = self.in_time(read(blob, range)).await?.map_err(|error| failure(&error))?;
                self.write_block(&mut blocks, piece).await?;
            }
        }
        self.commit(blocks, ms).await
    }

    /// Those parts that are there. One that is missing, or no WAV file, costs the others nothing.
    async fn found_parts(&self, call: &CallKey, parts: &[u32]) -> Result<Vec<Part>, KeepError> {
        let mut found = Vec::new();
        for n in parts {
            let blob = self.blob(call, *n).await?;
            let Some(bytes) = self.found(&blob).await?.map(|found| found.bytes).filter(|bytes| *bytes > 0) else { continue };
            let head = self.in_time(read(&blob, 0..bytes.min(HEAD))).await?.map_err(|error| failure(&error))?;
            found.extend(wav::samples(&head, bytes).map(|samples| Part { blob, samples }));
        }
        Ok(found)
    }

    async fn write_block(&self, blocks: &mut Blocks, block: Bytes) -> Result<(), KeepError> {
        let name = format!("{:016x}{:08}", blocks.mark, blocks.names.len()).into_bytes();
        let written = blocks.whole.stage_block(&name, block.len() as u64, block.into(), None);
        self.in_time(written).await?.map_err(|error| failure(&error))?;
        blocks.names.push(name);
        Ok(())
    }

    /// Makes the blob of its blocks, unless it is there.
    async fn commit(&self, blocks: Blocks, ms: u32) -> Result<(), KeepError> {
        let Blocks { whole, names, .. } = blocks;
        let list = BlockLookupList { latest: Some(names), ..BlockLookupList::default() };
        let list = list.try_into().map_err(|error| failure(&error))?;
        let options = BlockBlobClientCommitBlockListOptions {
            blob_content_type: Some(CONTENT_TYPE.to_owned()),
            metadata: Some(metadata(ms)),
            if_none_match: Some("*".into()),
            ..BlockBlobClientCommitBlockListOptions::default()
        };
        match self.in_time(whole.commit_block_list(list, Some(options))).await? {
            Err(error) if !is_there(&error) => Err(failure(&error)),
            _ => Ok(()),
        }
    }
}

/// The header of all of it, and how long that plays, in milliseconds.
fn heading(parts: &[Part]) -> Result<(Bytes, u32), KeepError> {
    let refused = |why: &str| KeepError::Refused(why.to_owned());
    let format = parts.first().ok_or_else(|| refused("none of its parts is there"))?.samples.format;
    if parts.iter().any(|part| part.samples.format != format) {
        return Err(refused("its parts are of different kinds"));
    }
    let length = parts.iter().map(|Part { samples, .. }| samples.range.end - samples.range.start).sum();
    let header = wav::header(&format, length).ok_or_else(|| refused("it is longer than a WAV file can be"))?;
    let ms = wav::length_ms(&header, header.len() as u64 + length);
    Ok((Bytes::copy_from_slice(&header), ms.ok_or_else(|| refused("what came of its parts is not a WAV file"))?))
}

/// A range in pieces, each of which is a block.
fn pieces(range: Range<u64>) -> impl Iterator<Item = Range<u64>> {
    let starts = (range.start..range.end).step_by(BLOCK as usize);
    starts.map(move |start| start..range.end.min(start + BLOCK))
}
