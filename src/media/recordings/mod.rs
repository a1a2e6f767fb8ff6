//! What callers have said, kept in a folder or a blob container: `{call}/{n}.wav`.
//!
//! In reading order: how a recording comes here (`fetch`), and how it goes (`forget`); a container of blobs (`blob`).

mod blob;
mod fetch;
mod forget;
#[cfg(test)]
mod tests;

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::{
    fs::{self, File},
    io::AsyncReadExt,
    sync::OnceCell,
};

pub use blob::BlobRecordings;

use super::{audio::Audio, wav};
use crate::call::{CallKey, Kept, RecordingToken};

/// How much of a file is read to know its length; what is said of the samples stands at the beginning.
const HEAD: u64 = 64 * 1024;

/// A place for recordings.
#[async_trait]
pub trait RecordingStore: Send + Sync {
    /// Fetches a recording from where Graph says it is, and returns when it is kept for good. One that is kept already is not fetched
    /// again.
    ///
    /// <https://learn.microsoft.com/graph/api/call-record>
    ///
    /// # Errors
    /// [`KeepError`] says whether to try again.
    async fn keep(&self, call: &CallKey, n: u32, location: &str, token: &RecordingToken) -> Result<Kept, KeepError>;

    /// A recording that was kept, to be sent; `None` where there is none.
    ///
    /// # Errors
    /// The system's, where it is there but cannot be opened.
    async fn open(&self, call: &CallKey, n: u32) -> io::Result<Option<Audio>>;

    /// Removes recordings that were kept before an instant, some hundred at a time. How many were removed: where it is none, nothing
    /// is left to do.
    ///
    /// # Errors
    /// The system's, at the first that cannot be removed.
    async fn forget_older_than(&self, instant: Timestamp) -> io::Result<usize>;
}

/// A folder of recordings.
pub struct Recordings {
    folder: PathBuf,
    limits: Limits,
    /// Made for the first recording: it costs milliseconds, and many a process never sees one.
    client: OnceCell<reqwest::Client>,
}

/// What a recording may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The largest file, in bytes.
    pub bytes: u64,
    /// The longest time for it to arrive.
    pub time: Duration,
}

impl Default for Limits {
    /// 16 MiB, four times what two minutes take, and 20 seconds.
    fn default() -> Self {
        Self { bytes: 16 * 1024 * 1024, time: Duration::from_secs(20) }
    }
}

/// Why a recording was not kept.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeepError {
    /// It will never be: trying again is of no use.
    #[error("the recording cannot be had: {0}")]
    Refused(String),
    /// Something was in the way: worth trying again, soon, as Graph does not keep recordings for long.
    #[error("the recording could not be kept: {0}")]
    Passing(String),
}

impl Recordings {
    /// Recordings in a folder, which is made with the first of them.
    pub fn in_folder(folder: PathBuf, limits: Limits) -> Self {
        Self { folder, limits, client: OnceCell::new() }
    }

    /// A call key holds letters, digits and underscores only, so the path stays within the folder.
    fn path(&self, call: &CallKey, n: u32) -> PathBuf {
        self.folder.join(call.as_str()).join(format!("{n}.wav"))
    }
}

#[async_trait]
impl RecordingStore for Recordings {
    async fn keep(&self, call: &CallKey, n: u32, location: &str, token: &RecordingToken) -> Result<Kept, KeepError> {
        let path = self.path(call, n);
        if let Some(ms) = length_ms(&path).await.map_err(failed)? {
            return Ok(Kept { n, ms });
        }
        let client = self.client.get_or_try_init(async || fetch::client()).await?;
        let request = fetch::request(client, location, token, self.limits.time)?;
        let folder = self.folder.join(call.as_str());
        fs::create_dir_all(&folder).await.map_err(failed)?;
        let part = fetch::Part::of(&path)?;
        fetch::fetch(request, part.path(), self.limits.bytes).await?;
        let length = length_ms(part.path()).await.map_err(failed)?;
        let ms = length.ok_or_else(|| KeepError::Refused("what came is not a WAV file".to_owned()))?;
        fs::rename(part.path(), &path).await.map_err(failed)?;
        sync_names(&[&folder, &self.folder]).await.map_err(failed)?;
        Ok(Kept { n, ms })
    }

    async fn open(&self, call: &CallKey, n: u32) -> io::Result<Option<Audio>> {
        match open(&self.path(call, n)).await? {
            Some((file, length)) => Ok(Some(Audio::recording(n, file, length))),
            None => Ok(None),
        }
    }

    /// Folders that are empty then go too.
    async fn forget_older_than(&self, instant: Timestamp) -> io::Result<usize> {
        let folder = self.folder.clone();
        tokio::task::spawn_blocking(move || forget::older_than(&folder, instant)).await.map_err(io::Error::other)?
    }
}

/// How long a WAV file plays; `None` if there is none, or it is something else.
async fn length_ms(path: &Path) -> io::Result<Option<u32>> {
    let Some((file, length)) = open(path).await? else { return Ok(None) };
    let mut head = Vec::new();
    file.take(HEAD).read_to_end(&mut head).await?;
    Ok(wav::length_ms(&head, length))
}

async fn open(path: &Path) -> io::Result<Option<(File, u64)>> {
    let file = match File::open(path).await {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let length = file.metadata().await?.len();
    Ok(Some((file, length)))
}

/// Makes names that are new in these folders outlive a crash. Windows does so by itself and does not open folders.
async fn sync_names(folders: &[&Path]) -> io::Result<()> {
    for folder in folders.iter().filter(|_| cfg!(unix)) {
        File::open(folder).await?.sync_all().await?;
    }
    Ok(())
}

/// The disk is full, or not there: that can change.
fn failed(error: io::Error) -> KeepError {
    KeepError::Passing(error.to_string())
}
