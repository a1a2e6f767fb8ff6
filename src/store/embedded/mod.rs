//! Everything in one file of this machine: for the bot that runs without a cloud.
//!
//! In reading order: what the file holds (`tables`), and who writes it (`writer`).
//!
//! Reads happen where they are asked for: they look at a few pages in memory, in less time than a hop to another thread takes, and
//! never wait for a writer. Only prompts, which can be megabytes, are read on a thread for blocking work. Writes wait for the disk,
//! so one thread does them all, as many in one transaction as are waiting.

mod tables;
#[cfg(test)]
mod tests;
mod writer;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use redb::Database;

use self::{
    tables::{CALLS, Document, FLOWS, PROMPTS, RECORDS, SWITCHES},
    writer::{Change, Writer},
};
use super::{Calls, DocumentId, Page, Pinned, Record, RecordId, RecordKind, Records, StoreError, Stored, Switches, Version};
use crate::{
    call::{Call, CallKey},
    flow::Flow,
};

/// How much of the file is kept in memory, in bytes. Some thousand calls fit, and prompts need not, which Graph fetches once; the rest
/// the system caches.
const CACHE: usize = 6 * 1024 * 1024;

/// A store in one file. One process at a time has it open; dropping it waits for the last write.
pub struct Embedded {
    db: Arc<Database>,
    writer: Writer,
    versions: AtomicU64,
}

/// Why the file cannot be used, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error("{} is in use by another process: end that one, or set STATE_STORE to another file", .0.display())]
    InUse(PathBuf),
    /// It is no such file, or its content is torn.
    #[error("{} is damaged or no store of calls ({why}): move it away to begin with an empty one, or set STATE_STORE to another file", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// Another version of the program wrote it.
    #[error("{} was written by another version of Switchboard ({why}): move it away to begin with an empty one", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What differs.
        why: String,
    },
    /// The system refuses.
    #[error("{} cannot be opened: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
}

impl Embedded {
    /// Opens the file, and makes it and its folder where there are none. Reads the whole file to see that it is sound, so it takes
    /// a moment where the file is large.
    ///
    /// # Errors
    /// [`OpenError`] says what to do.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let refused = |error: redb::Error| refusal(path, error);
        make_folder_of(path).map_err(|source| OpenError::Io { path: path.to_owned(), source })?;
        let db = Database::builder()
            .set_cache_size(CACHE)
            .set_check_integrity_on_open(true)
            .create(path)
            .map_err(|error| refused(error.into()))?;
        let last = tables::prepare(&db).map_err(refused)?;
        let db = Arc::new(db);
        let writer = Writer::start(db.clone()).map_err(|source| OpenError::Io { path: path.to_owned(), source })?;
        Ok(Self { db, writer, versions: AtomicU64::new(last) })
    }

    /// A version that no other document has.
    fn fresh_version(&self) -> u64 {
        self.versions.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn call_document(&self, call: &Call) -> Result<Document, StoreError> {
        let id = DocumentId::from(&call.key);
        let json = serde_json::to_vec(call).map_err(|error| unreadable(id.to_string(), &error))?;
        Ok(Document {
            id,
            version: self.fresh_version(),
            created: call.created.as_nanosecond(),
            due: call.due_at().map(Timestamp::as_nanosecond),
            expires: call.expires_at().map(Timestamp::as_nanosecond),
            json,
        })
    }

    fn record_document(&self, record: &Record) -> Result<Document, StoreError> {
        let id = DocumentId::from(&record.id);
        let json = serde_json::to_vec(record).map_err(|error| unreadable(id.to_string(), &error))?;
        Ok(Document {
            id,
            version: self.fresh_version(),
            created: record.created.as_nanosecond(),
            due: record.due_at.map(Timestamp::as_nanosecond),
            expires: record.expires_at.map(Timestamp::as_nanosecond),
            json,
        })
    }

    async fn put(&self, read: Option<&Version>, document: Document, now: Timestamp) -> Result<Version, StoreError> {
        let read = match read.map(|read| read.0.parse()) {
            None => None,
            Some(Ok(read)) => Some(read),
            Some(Err(_)) => return Err(StoreError::Conflict(document.id)),
        };
        let version = Version(document.version.to_string());
        self.writer.write(Change::Put { read, document, now }).await?;
        Ok(version)
    }

    /// The names of what is due in a drawer, after everything that has expired is gone from it.
    async fn due_in(&self, drawer: &'static tables::Drawer, now: Timestamp, limit: usize) -> Result<Vec<String>, StoreError> {
        if tables::has_expired(&self.db, drawer, now)? {
            self.writer.write(Change::Sweep { now }).await?;
        }
        tables::due(&self.db, drawer, now, limit)
    }
}

#[async_trait]
impl Calls for Embedded {
    async fn load(&self, key: &CallKey, now: Timestamp) -> Result<Option<Stored>, StoreError> {
        Ok(tables::load(&self.db, &key.into(), now)?.map(|(call, version)| Stored { call, version }))
    }

    fn is_ours_alone(&self) -> bool {
        true
    }

    async fn create(&self, call: &Call, now: Timestamp) -> Result<Version, StoreError> {
        self.put(None, self.call_document(call)?, now).await
    }

    async fn replace(&self, call: &Call, read: &Version, now: Timestamp) -> Result<Version, StoreError> {
        self.put(Some(read), self.call_document(call)?, now).await
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<CallKey>, StoreError> {
        let names = self.due_in(&CALLS, now, limit).await?;
        Ok(names.iter().filter_map(|name| CallKey::parse(name).ok()).collect())
    }

    async fn list(&self, page: Page, now: Timestamp) -> Result<Vec<Call>, StoreError> {
        tables::list(&self.db, &CALLS, &page, now, |_| true)
    }
}

#[async_trait]
impl Records for Embedded {
    async fn load_record(&self, id: &RecordId, now: Timestamp) -> Result<Option<(Record, Version)>, StoreError> {
        tables::load(&self.db, &id.into(), now)
    }

    async fn put_record(&self, record: &Record, read: Option<&Version>, now: Timestamp) -> Result<Version, StoreError> {
        self.put(read, self.record_document(record)?, now).await
    }

    async fn due_records(&self, now: Timestamp, limit: usize) -> Result<Vec<RecordId>, StoreError> {
        let names = self.due_in(&RECORDS, now, limit).await?;
        Ok(names.iter().filter_map(|name| RecordId::of_word(name)).collect())
    }

    async fn list_records(&self, kind: RecordKind, page: Page, now: Timestamp) -> Result<Vec<Record>, StoreError> {
        let is_of_kind = |name: &str| RecordId::of_word(name).is_some_and(|id| id.kind() == kind);
        tables::list(&self.db, &RECORDS, &page, now, is_of_kind)
    }
}

#[async_trait]
impl Switches for Embedded {
    async fn set_switch(&self, name: &str, is_on: bool) -> Result<(), StoreError> {
        let change = Change::Pin { table: SWITCHES, name: name.to_owned(), bytes: vec![u8::from(is_on)] };
        self.writer.write(change).await
    }

    async fn is_on(&self, switch: &str) -> Result<bool, StoreError> {
        Ok(tables::pinned(&self.db, SWITCHES, switch)?.is_some_and(|position| position.value() == [1]))
    }
}

#[async_trait]
impl Pinned for Embedded {
    async fn pin_flow(&self, flow: &Flow) -> Result<(), StoreError> {
        if tables::pinned(&self.db, FLOWS, &flow.version)?.is_some() {
            return Ok(());
        }
        let bytes = serde_json::to_vec(flow).map_err(|error| unreadable(format!("flow {}", flow.name), &error))?;
        self.writer.write(Change::Pin { table: FLOWS, name: flow.version.clone(), bytes }).await
    }

    async fn flow(&self, version: &str) -> Result<Option<Flow>, StoreError> {
        let Some(json) = tables::pinned(&self.db, FLOWS, version)? else { return Ok(None) };
        let flow = serde_json::from_slice(json.value());
        flow.map(Some).map_err(|error| unreadable(format!("flow version {version}"), &error))
    }

    async fn pin_prompt(&self, sha256: &str, wav: &[u8]) -> Result<(), StoreError> {
        if tables::pinned(&self.db, PROMPTS, sha256)?.is_some() {
            return Ok(());
        }
        let change = Change::Pin { table: PROMPTS, name: sha256.to_owned(), bytes: wav.to_owned() };
        self.writer.write(change).await
    }

    async fn prompt(&self, sha256: &str) -> Result<Option<Bytes>, StoreError> {
        let (db, name) = (self.db.clone(), sha256.to_owned());
        let read = move || Ok(tables::pinned(&db, PROMPTS, &name)?.map(|wav| Bytes::copy_from_slice(wav.value())));
        let read = tokio::task::spawn_blocking(read).await;
        read.map_err(|_| StoreError::Unavailable("reading was cut short".to_owned()))?
    }
}

fn make_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => fs::create_dir_all(folder),
        _ => Ok(()),
    }
}

fn refusal(path: &Path, error: redb::Error) -> OpenError {
    let path = path.to_owned();
    match error {
        redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => OpenError::InUse(path),
        redb::Error::Io(source) if source.kind() != io::ErrorKind::InvalidData => OpenError::Io { path, source },
        error @ (redb::Error::UpgradeRequired(_)
        | redb::Error::TableTypeMismatch { .. }
        | redb::Error::TypeDefinitionChanged { .. }) => OpenError::Foreign { path, why: error.to_string() },
        error => OpenError::Damaged { path, why: error.to_string() },
    }
}

/// What the file's own failure is to whoever asked for a call.
fn failure(error: &redb::Error) -> StoreError {
    match error {
        redb::Error::Corrupted(why) => StoreError::Corrupt { what: "the store's file".to_owned(), why: why.clone() },
        error => StoreError::Unavailable(error.to_string()),
    }
}

/// JSON that does not fit. Where, but not what is there: it could be somebody's number.
fn unreadable(what: String, error: &serde_json::Error) -> StoreError {
    StoreError::Corrupt { what, why: format!("its JSON does not fit at column {}", error.column()) }
}
