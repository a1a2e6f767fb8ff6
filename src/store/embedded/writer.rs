//! The one thread that writes. What waits while it writes goes into its next transaction together, so that many writers share one
//! sync of the disk; each still gets its own answer.

use std::{io, sync::Arc, thread};

use jiff::Timestamp;
use redb::{Database, WriteTransaction};
use tokio::sync::{mpsc, oneshot};

use super::{
    failure,
    tables::{Answered, Document, Documents, Pins},
};
use crate::store::StoreError;

/// How many writes one transaction takes.
const AT_ONCE: usize = 256;

/// How many writes may wait for the next transaction. Who comes later waits for room.
const WAITING: usize = 1024;

/// How many expired documents of a sort one transaction removes: more than it can add, so that none pile up, and few enough not to be felt.
const SWEPT_AT_ONCE: usize = AT_ONCE + 16;

/// What is to change in the file.
pub(super) enum Change {
    /// A document is stored in place of the version that was read; where none was, there must be none.
    Put { read: Option<u64>, document: Document, now: Timestamp },
    /// Bytes are stored under a name.
    Pin { table: Pins, name: String, bytes: Vec<u8> },
    /// Nothing but what every write does besides: expired documents are removed.
    Sweep { now: Timestamp },
}

/// The thread and the way to it.
pub(super) struct Writer {
    queue: Option<mpsc::Sender<Write>>,
    thread: Option<thread::JoinHandle<()>>,
}

struct Write {
    change: Change,
    answer: oneshot::Sender<Result<(), StoreError>>,
}

impl Writer {
    pub(super) fn start(db: Arc<Database>) -> io::Result<Self> {
        let (queue, waiting) = mpsc::channel(WAITING);
        let thread = thread::Builder::new().name("store".to_owned()).spawn(move || run(&db, waiting))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Returns when the change is on the disk, or was refused. Who stops waiting does not know what came of it.
    pub(super) async fn write(&self, change: Change) -> Result<(), StoreError> {
        let stopped = || StoreError::Unavailable("its writer has stopped, start the program again".to_owned());
        let (answer, answered) = oneshot::channel();
        let queue = self.queue.as_ref().ok_or_else(stopped)?;
        queue.send(Write { change, answer }).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue.take();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has told its story on stderr; there is nobody here to tell again.
            let _ = thread.join();
        }
    }
}

impl Change {
    fn now(&self) -> Option<Timestamp> {
        match self {
            Self::Put { now, .. } | Self::Sweep { now } => Some(*now),
            Self::Pin { .. } => None,
        }
    }
}

fn run(db: &Database, mut waiting: mpsc::Receiver<Write>) {
    let mut batch = Vec::with_capacity(AT_ONCE);
    while waiting.blocking_recv_many(&mut batch, AT_ONCE) > 0 {
        let (changes, answers): (Vec<_>, Vec<_>) = batch.drain(..).map(|write| (write.change, write.answer)).unzip();
        let results = match commit(db, &changes) {
            Ok(results) => results,
            Err(error) => changes.iter().map(|_| Err(failure(&error))).collect(),
        };
        for (answer, result) in answers.into_iter().zip(results) {
            // Whoever asked may be gone: then nobody wants to know.
            let _ = answer.send(result);
        }
    }
}

/// Makes changes in one transaction: all that are not refused, or none.
fn commit(db: &Database, changes: &[Change]) -> Result<Vec<Result<(), StoreError>>, redb::Error> {
    let txn = db.begin_write()?;
    let (results, swept) = apply(&txn, changes)?;
    match swept > 0 || results.iter().any(Result::is_ok) {
        true => txn.commit()?,
        false => txn.abort()?,
    }
    Ok(results)
}

/// What came of each change, and how many documents were removed.
fn apply(txn: &WriteTransaction, changes: &[Change]) -> Result<(Vec<Result<(), StoreError>>, usize), redb::Error> {
    let mut documents = Documents::open(txn)?;
    let results = changes.iter().map(|change| match change {
        Change::Put { read, document, now } => documents.put(*read, document, *now),
        Change::Pin { table, name, bytes } => pin(txn, *table, name, bytes),
        Change::Sweep { .. } => Ok(Ok(())),
    });
    let results = results.collect::<Result<Vec<_>, _>>()?;
    let swept = match changes.iter().filter_map(Change::now).max() {
        Some(now) => documents.sweep(now, SWEPT_AT_ONCE)?,
        None => 0,
    };
    Ok((results, swept))
}

fn pin(txn: &WriteTransaction, table: Pins, name: &str, bytes: &[u8]) -> Answered {
    txn.open_table(table)?.insert(name, bytes)?;
    Ok(Ok(()))
}
