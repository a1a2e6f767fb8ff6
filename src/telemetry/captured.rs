//! The log of a test.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use tracing::{level_filters::LevelFilter, subscriber::DefaultGuard};
use tracing_subscriber::{Layer, prelude::*};

use super::{from, line::JsonLines};

/// What this thread logs until it is asked for.
pub(crate) struct Captured {
    written: Sink,
    guard: DefaultGuard,
}

/// Captures what this thread logs from now on, as the handler would write it.
pub(crate) fn capture(level: LevelFilter) -> Captured {
    let written = Sink::default();
    let writer = written.clone();
    let lines = JsonLines::to(move || writer.clone()).with_filter(from(level));
    Captured { written, guard: tracing_subscriber::registry().with(lines).set_default() }
}

impl Captured {
    /// The lines so far. Nothing is captured any more.
    pub(crate) fn lines(self) -> Vec<String> {
        drop(self.guard);
        let bytes = self.written.0.lock().expect("no writer panics");
        String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect()
    }
}

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no writer panics").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
