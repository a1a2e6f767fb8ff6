//! Traces and metrics on their way out: kept for a moment, sent at the end of each invocation.
//!
//! Nobody tells a handler of its end, so nothing waits here for a better time. Nothing depends on it either: what cannot be sent, or
//! would be too much to keep, is lost, and said in one log line.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use futures_util::future::join_all;
use opentelemetry::KeyValue;
use opentelemetry_sdk::{Resource, metrics::data::ResourceMetrics, trace::SpanData};
use tokio::{
    sync::Semaphore,
    task::JoinHandle,
    time::{timeout, timeout_at},
};

use super::meters::{Counted, Meters};

/// How long the answer to somebody who waits for nothing else may be kept back for it.
pub const UNHURRIED: Duration = Duration::from_secs(1);

/// How long the answer to a post may be kept back for it. The caller hears no difference: all that the post led to is done by then.
pub const HURRIED: Duration = Duration::from_millis(200);

/// How long sending may take, tries again included.
const SENT_WITHIN: Duration = Duration::from_secs(5);

/// How long nobody waits any more after having waited in vain.
const DISTRUSTED_FOR: Duration = Duration::from_secs(30);

/// How long until counts are sent of which no span tells: whoever posts without being let in shall not make work.
const COUNTS_EACH: Duration = Duration::from_secs(5);

/// The most spans that are kept. A turn has about six.
const MOST_SPANS: usize = 2_048;

/// How often is sent at the same time.
const MOST_AT_ONCE: usize = 4;

/// Why something was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotSent(pub String);

/// Where traces and metrics go.
#[async_trait]
pub trait Destination: Send + Sync {
    /// Its name, for the log.
    fn name(&self) -> &'static str;

    /// Sends spans, which may be none, and what was counted.
    ///
    /// # Errors
    /// [`NotSent`], without anything secret.
    async fn send(&self, spans: &[SpanData], metrics: Option<&ResourceMetrics>) -> Result<(), NotSent>;
}

/// What traces and metrics are told to. Where they go nowhere it is off, and costs nothing.
#[derive(Clone, Default)]
pub struct Telemetry(Option<Arc<Exporting>>);

/// What is on its way out.
pub(super) struct Exporting {
    spans: Mutex<Vec<SpanData>>,
    meters: Meters,
    destinations: Vec<Box<dyn Destination>>,
    sending: Arc<Semaphore>,
    times: Mutex<Times>,
    is_failing: AtomicBool,
}

#[derive(Default)]
struct Times {
    sent: Option<Instant>,
    waited_in_vain: Option<Instant>,
}

impl Telemetry {
    /// Telemetry of this program for these destinations; off where there are none. A resource describes the program.
    pub fn to(destinations: Vec<Box<dyn Destination>>, resource: Resource) -> Self {
        if destinations.is_empty() {
            return Self(None);
        }
        Self(Some(Arc::new(Exporting {
            spans: Mutex::default(),
            meters: Meters::new(resource),
            destinations,
            sending: Arc::new(Semaphore::new(MOST_AT_ONCE)),
            times: Mutex::default(),
            is_failing: AtomicBool::new(false),
        })))
    }

    /// Anything is told to anyone.
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Adds to a count.
    pub fn count(&self, counted: Counted, many: u64, attributes: &[(&'static str, &str)]) {
        if let Some(exporting) = &self.0 {
            exporting.count(counted, many, attributes);
        }
    }

    /// Sends what there is, beginning at once, and waits for that no longer than `within`; where somebody has lately waited in vain,
    /// not at all. It goes on behind the caller's back then.
    pub async fn flush(&self, within: Duration) {
        let Some(exporting) = &self.0 else { return };
        let Some(sending) = exporting.begin_to_send() else { return };
        // Who has no time to wait does not wait in vain.
        if within.is_zero() || !exporting.is_trusted() {
            return;
        }
        if !matches!(timeout(within, sending).await, Ok(Ok(true))) {
            exporting.times().waited_in_vain = Some(Instant::now());
        }
    }

    pub(super) fn exporting(&self) -> Option<&Arc<Exporting>> {
        self.0.as_ref()
    }
}

impl Exporting {
    /// Keeps a span until it is sent; one too many is lost.
    pub(super) fn keep(&self, span: SpanData) {
        let mut spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        if spans.len() < MOST_SPANS {
            spans.push(span);
        }
    }

    pub(super) fn count(&self, counted: Counted, many: u64, attributes: &[(&'static str, &str)]) {
        let attribute = |(name, value): &(&'static str, &str)| KeyValue::new(*name, (*value).to_owned());
        self.meters.add(counted, many, &attributes.iter().map(attribute).collect::<Vec<_>>());
    }

    fn times(&self) -> std::sync::MutexGuard<'_, Times> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_trusted(&self) -> bool {
        self.times().waited_in_vain.is_none_or(|at| at.elapsed() > DISTRUSTED_FOR)
    }

    /// Takes what there is and sends it in a task of its own, which tells whether all of it arrived. `None` where there is nothing
    /// to send, or too much is being sent already: then it stays until the next time.
    fn begin_to_send(self: &Arc<Self>) -> Option<JoinHandle<bool>> {
        let turn = Arc::clone(&self.sending).try_acquire_owned().ok()?;
        let spans = std::mem::take(&mut *self.spans.lock().unwrap_or_else(PoisonError::into_inner));
        if spans.is_empty() && self.times().sent.is_some_and(|at| at.elapsed() < COUNTS_EACH) {
            return None;
        }
        let metrics = self.meters.take();
        if spans.is_empty() && metrics.is_none() {
            return None;
        }
        self.times().sent = Some(Instant::now());
        let exporting = Arc::clone(self);
        Some(tokio::spawn(async move {
            let arrived = exporting.send(&spans, metrics.as_ref()).await;
            drop(turn);
            arrived
        }))
    }

    async fn send(&self, spans: &[SpanData], metrics: Option<&ResourceMetrics>) -> bool {
        let by = tokio::time::Instant::now() + SENT_WITHIN;
        let one = async |destination: &dyn Destination| {
            let sent = timeout_at(by, destination.send(spans, metrics)).await;
            let sent = sent.unwrap_or_else(|_| Err(NotSent("no answer in time".to_owned())));
            sent.inspect_err(|error| self.say_once(destination.name(), error))
        };
        let sent = join_all(self.destinations.iter().map(|destination| one(destination.as_ref()))).await;
        let have_arrived = sent.iter().all(Result::is_ok);
        if have_arrived {
            self.is_failing.store(false, Ordering::Relaxed);
        }
        have_arrived
    }

    /// Says why it does not arrive, once until it does again.
    fn say_once(&self, destination: &str, why: &NotSent) {
        if !self.is_failing.swap(true, Ordering::Relaxed) {
            tracing::warn!("traces and metrics do not reach {destination}: {why}");
        }
    }
}
