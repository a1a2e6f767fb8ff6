//! What the file holds, and what is read from it and written to it within one transaction.

use jiff::Timestamp;
use redb::{
    Database, OwnedAccessGuard, ReadTransaction, ReadableDatabase, ReadableTable, Table, TableDefinition, WriteTransaction,
};
use serde::de::DeserializeOwned;

use super::{failure, unreadable};
use crate::store::{DocumentId, Page, StoreError, Version};

/// A document's version, when it was made, when it is due, when it expires, and its JSON. Instants are nanoseconds since 1970. They
/// stand beside the JSON so that the indexes can be kept and what has expired be passed over without reading it.
type Row<'a> = (u64, i128, Option<i128>, Option<i128>, &'a [u8]);

/// Documents in the order of an instant.
type Index = TableDefinition<'static, (i128, &'static str), ()>;

/// Bytes by name; flows and prompts, by a hash of them, never change.
pub(super) type Pins = TableDefinition<'static, &'static str, &'static [u8]>;

/// One of them.
pub(super) type Held = OwnedAccessGuard<&'static [u8]>;

/// Documents of one sort, by their names, and their indexes.
pub(super) struct Drawer {
    rows: TableDefinition<'static, &'static str, Row<'static>>,
    created: Index,
    due: Index,
    expiring: Index,
}

pub(super) static CALLS: Drawer = Drawer {
    rows: TableDefinition::new("calls"),
    created: TableDefinition::new("calls by creation"),
    due: TableDefinition::new("calls by due time"),
    expiring: TableDefinition::new("calls by expiry"),
};

/// Records, by kind and name.
pub(super) static RECORDS: Drawer = Drawer {
    rows: TableDefinition::new("records"),
    created: TableDefinition::new("records by creation"),
    due: TableDefinition::new("records by due time"),
    expiring: TableDefinition::new("records by expiry"),
};

const COUNTERS: TableDefinition<&str, u64> = TableDefinition::new("counters");
pub(super) const FLOWS: Pins = TableDefinition::new("flows");
pub(super) const PROMPTS: Pins = TableDefinition::new("prompts");
/// Whether a switch is on, as one byte. The one thing here that changes.
pub(super) const SWITCHES: Pins = TableDefinition::new("switches");

/// The last version given to a document. Versions are never used again, so that none read from a document that has expired
/// fits another of the same name.
const LAST_VERSION: &str = "last version";

/// A document as it is written.
pub(super) struct Document {
    pub(super) id: DocumentId,
    pub(super) version: u64,
    pub(super) created: i128,
    pub(super) due: Option<i128>,
    pub(super) expires: Option<i128>,
    pub(super) json: Vec<u8>,
}

/// The name of a document's row.
fn name_of(id: &DocumentId) -> String {
    match id {
        DocumentId::Call(key) => key.as_str().to_owned(),
        DocumentId::Record(id) => id.word(),
    }
}

/// What came of one write among others: a refusal stops none of them, a failure of the file stops all.
pub(super) type Answered = Result<Result<(), StoreError>, redb::Error>;

/// Makes the tables where there are none; the last version used.
pub(super) fn prepare(db: &Database) -> Result<u64, redb::Error> {
    let txn = db.begin_write()?;
    let last = Documents::open(&txn)?.last_version()?;
    txn.open_table(FLOWS)?;
    txn.open_table(PROMPTS)?;
    txn.open_table(SWITCHES)?;
    txn.commit()?;
    Ok(last)
}

/// A document that has not expired, and its version.
pub(super) fn load<T: DeserializeOwned>(
    db: &Database,
    id: &DocumentId,
    now: Timestamp,
) -> Result<Option<(T, Version)>, StoreError> {
    let drawer = match id {
        DocumentId::Call(_) => &CALLS,
        DocumentId::Record(_) => &RECORDS,
    };
    let Some(row) = reading(db, |txn| Ok(txn.open_table(drawer.rows)?.get_owned(name_of(id).as_str())?))? else {
        return Ok(None);
    };
    let (version, _, _, expires, json) = row.value();
    if has_passed(expires, now) {
        return Ok(None);
    }
    let content = serde_json::from_slice(json).map_err(|error| unreadable(id.to_string(), &error))?;
    Ok(Some((content, Version(version.to_string()))))
}

/// The names of documents that are due, the most overdue first.
pub(super) fn due(db: &Database, drawer: &Drawer, now: Timestamp, limit: usize) -> Result<Vec<String>, StoreError> {
    reading(db, |txn| {
        let rows = txn.open_table(drawer.rows)?;
        let mut names = Vec::new();
        for entry in txn.open_table(drawer.due)?.range(..until(now))? {
            if names.len() == limit {
                break;
            }
            let (at, _) = entry?;
            let (_, name) = at.value();
            if rows.get(name)?.is_some_and(|row| !has_passed(row.value().3, now)) {
                names.push(name.to_owned());
            }
        }
        Ok(names)
    })
}

/// Documents whose name is wanted, the newest first. One that cannot be read is left out, so that it does not hide all others.
pub(super) fn list<T: DeserializeOwned>(
    db: &Database,
    drawer: &Drawer,
    page: &Page,
    now: Timestamp,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<Vec<T>, StoreError> {
    let before = (page.before.map_or(i128::MAX, Timestamp::as_nanosecond), "");
    reading(db, |txn| {
        let rows = txn.open_table(drawer.rows)?;
        let mut listed = Vec::new();
        for entry in txn.open_table(drawer.created)?.range(..before)?.rev() {
            if listed.len() == page.limit {
                break;
            }
            let (at, _) = entry?;
            let (_, name) = at.value();
            let Some(row) = rows.get(name)?.filter(|_| is_wanted(name)) else { continue };
            let (_, _, _, expires, json) = row.value();
            if has_passed(expires, now) {
                continue;
            }
            match serde_json::from_slice(json) {
                Ok(document) => listed.push(document),
                Err(error) => tracing::error!("what is stored of {name} cannot be read: column {}", error.column()),
            }
        }
        Ok(listed)
    })
}

pub(super) fn has_expired(db: &Database, drawer: &Drawer, now: Timestamp) -> Result<bool, StoreError> {
    reading(db, |txn| Ok(txn.open_table(drawer.expiring)?.range(..until(now))?.next().is_some()))
}

/// Bytes that never change, which stay readable while they are held.
pub(super) fn pinned(db: &Database, table: Pins, name: &str) -> Result<Option<Held>, StoreError> {
    reading(db, |txn| Ok(txn.open_table(table)?.get_owned(name)?))
}

fn reading<T>(db: &Database, read: impl FnOnce(&ReadTransaction) -> Result<T, redb::Error>) -> Result<T, StoreError> {
    let txn = db.begin_read().map_err(|error| failure(&error.into()))?;
    read(&txn).map_err(|error| failure(&error))
}

/// All documents, open for writing.
pub(super) struct Documents<'txn> {
    calls: Opened<'txn>,
    records: Opened<'txn>,
    counters: Table<'txn, &'static str, u64>,
}

impl<'txn> Documents<'txn> {
    pub(super) fn open(txn: &'txn WriteTransaction) -> Result<Self, redb::Error> {
        let (calls, records) = (Opened::open(txn, &CALLS)?, Opened::open(txn, &RECORDS)?);
        Ok(Self { calls, records, counters: txn.open_table(COUNTERS)? })
    }

    /// Writes a document in place of the version that was read; where none was, there must be none.
    pub(super) fn put(&mut self, read: Option<u64>, document: &Document, now: Timestamp) -> Answered {
        let drawer = match document.id {
            DocumentId::Call(_) => &mut self.calls,
            DocumentId::Record(_) => &mut self.records,
        };
        let name = name_of(&document.id);
        match (drawer.version_of(&name, now)?, read) {
            (Some(_), None) => return Ok(Err(StoreError::Exists(document.id.clone()))),
            (None, None) => {}
            (Some(version), Some(read)) if version == read => {}
            (_, Some(_)) => return Ok(Err(StoreError::Conflict(document.id.clone()))),
        }
        drawer.insert(&name, document)?;
        let last = self.last_version()?.max(document.version);
        self.counters.insert(LAST_VERSION, last)?;
        Ok(Ok(()))
    }

    /// Removes documents that have expired, the first to expire first, at most so many of each sort. The number removed.
    pub(super) fn sweep(&mut self, now: Timestamp, at_most: usize) -> Result<usize, redb::Error> {
        Ok(self.calls.sweep(now, at_most)? + self.records.sweep(now, at_most)?)
    }

    fn last_version(&self) -> Result<u64, redb::Error> {
        Ok(self.counters.get(LAST_VERSION)?.map_or(0, |last| last.value()))
    }
}

/// Documents of one sort, open for writing.
struct Opened<'txn> {
    rows: Table<'txn, &'static str, Row<'static>>,
    created: Table<'txn, (i128, &'static str), ()>,
    due: Table<'txn, (i128, &'static str), ()>,
    expiring: Table<'txn, (i128, &'static str), ()>,
}

impl<'txn> Opened<'txn> {
    fn open(txn: &'txn WriteTransaction, drawer: &Drawer) -> Result<Self, redb::Error> {
        Ok(Self {
            rows: txn.open_table(drawer.rows)?,
            created: txn.open_table(drawer.created)?,
            due: txn.open_table(drawer.due)?,
            expiring: txn.open_table(drawer.expiring)?,
        })
    }

    fn sweep(&mut self, now: Timestamp, at_most: usize) -> Result<usize, redb::Error> {
        let expired: Vec<String> = self
            .expiring
            .range(..until(now))?
            .take(at_most)
            .map(|entry| entry.map(|(at, _)| at.value().1.to_owned()))
            .collect::<Result<_, _>>()?;
        for name in &expired {
            self.remove(name)?;
        }
        Ok(expired.len())
    }

    /// The version of a document that has not expired.
    fn version_of(&self, name: &str, now: Timestamp) -> Result<Option<u64>, redb::Error> {
        let row = self.rows.get(name)?;
        Ok(row.filter(|row| !has_passed(row.value().3, now)).map(|row| row.value().0))
    }

    fn insert(&mut self, name: &str, document: &Document) -> Result<(), redb::Error> {
        self.remove(name)?;
        self.rows.insert(name, (document.version, document.created, document.due, document.expires, document.json.as_slice()))?;
        self.created.insert((document.created, name), ())?;
        if let Some(due) = document.due {
            self.due.insert((due, name), ())?;
        }
        if let Some(expires) = document.expires {
            self.expiring.insert((expires, name), ())?;
        }
        Ok(())
    }

    fn remove(&mut self, name: &str) -> Result<(), redb::Error> {
        let Some(row) = self.rows.remove(name)? else { return Ok(()) };
        let (_, created, due, expires, _) = row.value();
        self.created.remove((created, name))?;
        if let Some(due) = due {
            self.due.remove((due, name))?;
        }
        if let Some(expires) = expires {
            self.expiring.remove((expires, name))?;
        }
        Ok(())
    }
}

/// The end of a range of an index that holds every document up to `now`.
fn until(now: Timestamp) -> (i128, &'static str) {
    (now.as_nanosecond() + 1, "")
}

fn has_passed(instant: Option<i128>, now: Timestamp) -> bool {
    instant.is_some_and(|instant| instant <= now.as_nanosecond())
}
