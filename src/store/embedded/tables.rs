//! What the file holds, and what is read from it and written to it within one transaction.

use jiff::Timestamp;
use redb::{
    Database, OwnedAccessGuard, ReadTransaction, ReadableDatabase, ReadableTable, Table, TableDefinition, WriteTransaction,
};

use super::{failure, unreadable};
use crate::{
    call::{Call, CallKey},
    store::{Page, StoreError, Stored, Version},
};

/// A call's version, when it was made, when it is due, when it expires, and its JSON. Instants are nanoseconds since 1970. They
/// stand beside the JSON so that the indexes can be kept and what has expired be passed over without reading it.
type Row<'a> = (u64, i128, Option<i128>, Option<i128>, &'a [u8]);

/// Calls in the order of an instant.
type Index = TableDefinition<'static, (i128, &'static str), ()>;

/// Bytes by name; flows and prompts, by a hash of them, never change.
pub(super) type Pins = TableDefinition<'static, &'static str, &'static [u8]>;

/// One of them.
pub(super) type Pinned = OwnedAccessGuard<&'static [u8]>;

const CALLS: TableDefinition<&str, Row<'static>> = TableDefinition::new("calls");
const CREATED: Index = TableDefinition::new("calls by creation");
const DUE: Index = TableDefinition::new("calls by due time");
const EXPIRING: Index = TableDefinition::new("calls by expiry");
const COUNTERS: TableDefinition<&str, u64> = TableDefinition::new("counters");
pub(super) const FLOWS: Pins = TableDefinition::new("flows");
pub(super) const PROMPTS: Pins = TableDefinition::new("prompts");
/// Whether a switch is on, as one byte. The one thing here that changes.
pub(super) const SWITCHES: Pins = TableDefinition::new("switches");

/// The last version given to a document. Versions are never used again, so that none read from a call that has expired fits
/// another of the same key.
const LAST_VERSION: &str = "last version";

/// A call as it is written.
pub(super) struct Document {
    pub(super) key: CallKey,
    pub(super) version: u64,
    pub(super) created: i128,
    pub(super) due: Option<i128>,
    pub(super) expires: Option<i128>,
    pub(super) json: Vec<u8>,
}

/// What came of one write among others: a refusal stops none of them, a failure of the file stops all.
pub(super) type Answered = Result<Result<(), StoreError>, redb::Error>;

/// Makes the tables where there are none; the last version used.
pub(super) fn prepare(db: &Database) -> Result<u64, redb::Error> {
    let txn = db.begin_write()?;
    let last = Calls::open(&txn)?.last_version()?;
    txn.open_table(FLOWS)?;
    txn.open_table(PROMPTS)?;
    txn.open_table(SWITCHES)?;
    txn.commit()?;
    Ok(last)
}

pub(super) fn load(db: &Database, key: &CallKey, now: Timestamp) -> Result<Option<Stored>, StoreError> {
    let Some(row) = reading(db, |txn| Ok(txn.open_table(CALLS)?.get_owned(key.as_str())?))? else { return Ok(None) };
    let (version, _, _, expires, json) = row.value();
    if has_passed(expires, now) {
        return Ok(None);
    }
    let call = serde_json::from_slice(json).map_err(|error| unreadable(format!("call {key}"), &error))?;
    Ok(Some(Stored { call, version: Version(version.to_string()) }))
}

pub(super) fn due(db: &Database, now: Timestamp, limit: usize) -> Result<Vec<CallKey>, StoreError> {
    reading(db, |txn| {
        let calls = txn.open_table(CALLS)?;
        let mut keys = Vec::new();
        for entry in txn.open_table(DUE)?.range(..until(now))? {
            if keys.len() == limit {
                break;
            }
            let (at, _) = entry?;
            let (_, key) = at.value();
            let lives = calls.get(key)?.is_some_and(|row| !has_passed(row.value().3, now));
            keys.extend(CallKey::parse(key).ok().filter(|_| lives));
        }
        Ok(keys)
    })
}

/// A call that cannot be read is left out, so that one does not hide all others.
pub(super) fn list(db: &Database, page: &Page, now: Timestamp) -> Result<Vec<Call>, StoreError> {
    let before = (page.before.map_or(i128::MAX, Timestamp::as_nanosecond), "");
    reading(db, |txn| {
        let calls = txn.open_table(CALLS)?;
        let mut listed = Vec::new();
        for entry in txn.open_table(CREATED)?.range(..before)?.rev() {
            if listed.len() == page.limit {
                break;
            }
            let (at, _) = entry?;
            let Some(row) = calls.get(at.value().1)? else { continue };
            let (_, _, _, expires, json) = row.value();
            if has_passed(expires, now) {
                continue;
            }
            match serde_json::from_slice(json) {
                Ok(call) => listed.push(call),
                Err(error) => tracing::error!(call = at.value().1, "a stored call cannot be read: column {}", error.column()),
            }
        }
        Ok(listed)
    })
}

pub(super) fn has_expired(db: &Database, now: Timestamp) -> Result<bool, StoreError> {
    reading(db, |txn| Ok(txn.open_table(EXPIRING)?.range(..until(now))?.next().is_some()))
}

/// Bytes that never change, which stay readable while they are held.
pub(super) fn pinned(db: &Database, table: Pins, name: &str) -> Result<Option<Pinned>, StoreError> {
    reading(db, |txn| Ok(txn.open_table(table)?.get_owned(name)?))
}

fn reading<T>(db: &Database, read: impl FnOnce(&ReadTransaction) -> Result<T, redb::Error>) -> Result<T, StoreError> {
    let txn = db.begin_read().map_err(|error| failure(&error.into()))?;
    read(&txn).map_err(|error| failure(&error))
}

/// Everything of calls, open for writing.
pub(super) struct Calls<'txn> {
    calls: Table<'txn, &'static str, Row<'static>>,
    created: Table<'txn, (i128, &'static str), ()>,
    due: Table<'txn, (i128, &'static str), ()>,
    expiring: Table<'txn, (i128, &'static str), ()>,
    counters: Table<'txn, &'static str, u64>,
}

impl<'txn> Calls<'txn> {
    pub(super) fn open(txn: &'txn WriteTransaction) -> Result<Self, redb::Error> {
        Ok(Self {
            calls: txn.open_table(CALLS)?,
            created: txn.open_table(CREATED)?,
            due: txn.open_table(DUE)?,
            expiring: txn.open_table(EXPIRING)?,
            counters: txn.open_table(COUNTERS)?,
        })
    }

    pub(super) fn create(&mut self, document: &Document, now: Timestamp) -> Answered {
        match self.version_of(&document.key, now)? {
            Some(_) => Ok(Err(StoreError::Exists(document.key.clone()))),
            None => self.put(document).map(Ok),
        }
    }

    pub(super) fn replace(&mut self, read: u64, document: &Document, now: Timestamp) -> Answered {
        match self.version_of(&document.key, now)? {
            Some(version) if version == read => self.put(document).map(Ok),
            _ => Ok(Err(StoreError::Conflict(document.key.clone()))),
        }
    }

    /// Removes calls that have expired, the first to expire first, at most so many. The number removed.
    pub(super) fn sweep(&mut self, now: Timestamp, at_most: usize) -> Result<usize, redb::Error> {
        let expired: Vec<String> = self
            .expiring
            .range(..until(now))?
            .take(at_most)
            .map(|entry| entry.map(|(at, _)| at.value().1.to_owned()))
            .collect::<Result<_, _>>()?;
        for key in &expired {
            self.remove(key)?;
        }
        Ok(expired.len())
    }

    fn last_version(&self) -> Result<u64, redb::Error> {
        Ok(self.counters.get(LAST_VERSION)?.map_or(0, |last| last.value()))
    }

    /// The version of a call that has not expired.
    fn version_of(&self, key: &CallKey, now: Timestamp) -> Result<Option<u64>, redb::Error> {
        let row = self.calls.get(key.as_str())?;
        Ok(row.filter(|row| !has_passed(row.value().3, now)).map(|row| row.value().0))
    }

    fn put(&mut self, document: &Document) -> Result<(), redb::Error> {
        let key = document.key.as_str();
        self.remove(key)?;
        self.calls.insert(key, (document.version, document.created, document.due, document.expires, document.json.as_slice()))?;
        self.created.insert((document.created, key), ())?;
        if let Some(due) = document.due {
            self.due.insert((due, key), ())?;
        }
        if let Some(expires) = document.expires {
            self.expiring.insert((expires, key), ())?;
        }
        let last = self.last_version()?.max(document.version);
        self.counters.insert(LAST_VERSION, last)?;
        Ok(())
    }

    fn remove(&mut self, key: &str) -> Result<(), redb::Error> {
        let Some(row) = self.calls.remove(key)? else { return Ok(()) };
        let (_, created, due, expires, _) = row.value();
        self.created.remove((created, key))?;
        if let Some(due) = due {
            self.due.remove((due, key))?;
        }
        if let Some(expires) = expires {
            self.expiring.remove((expires, key))?;
        }
        Ok(())
    }
}

/// The end of a range of an index that holds every call up to `now`.
fn until(now: Timestamp) -> (i128, &'static str) {
    (now.as_nanosecond() + 1, "")
}

fn has_passed(instant: Option<i128>, now: Timestamp) -> bool {
    instant.is_some_and(|instant| instant <= now.as_nanosecond())
}
