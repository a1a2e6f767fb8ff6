//! What is counted. Each time it is sent, only what has been added since: whoever is killed without a word cannot keep sums.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use opentelemetry::{
    KeyValue,
    metrics::{Counter, MeterProvider},
};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    metrics::{
        InstrumentKind, ManualReader, Pipeline, SdkMeterProvider, Temporality, data::ResourceMetrics, reader::MetricReader,
    },
};

/// Something that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Calls that have ended.
    Calls,
    /// Turns.
    Turns,
    /// Requests to Graph.
    GraphRequests,
    /// Requests to Cosmos DB, repeated ones included.
    CosmosRequests,
    /// Answers to posts.
    DoorAnswers,
    /// Events that were given up and put on a poison queue.
    EventsPutAside,
}

/// Each with its name and its meaning, in the order of [`Counted`].
const COUNTED: [(&str, &str); 6] = [
    ("switchboard.calls", "Calls that have ended"),
    ("switchboard.turns", "Turns"),
    ("switchboard.graph.requests", "Requests to Microsoft Graph"),
    ("switchboard.cosmos.requests", "Requests to Cosmos DB, repeated ones included"),
    ("switchboard.door.answers", "Answers to posts of the calling platform"),
    ("switchboard.events.put_aside", "Events that were given up"),
];

/// The counters, and what reads them.
pub(super) struct Meters {
    counters: [Counter<u64>; COUNTED.len()],
    reader: Reader,
    /// The counters count only while it is there.
    _provider: SdkMeterProvider,
}

impl Meters {
    pub(super) fn new(resource: Resource) -> Self {
        let reader = Reader(Arc::new(ManualReader::builder().with_temporality(Temporality::Delta).build()));
        let provider = SdkMeterProvider::builder().with_resource(resource).with_reader(reader.clone()).build();
        let meter = provider.meter("switchboard");
        let counters = COUNTED.map(|(name, meaning)| meter.u64_counter(name).with_description(meaning).build());
        Self { counters, reader, _provider: provider }
    }

    pub(super) fn add(&self, counted: Counted, many: u64, attributes: &[KeyValue]) {
        self.counters[counted as usize].add(many, attributes);
    }

    /// What has been added since the last time; `None` where that is nothing.
    pub(super) fn take(&self) -> Option<ResourceMetrics> {
        let mut metrics = ResourceMetrics::default();
        self.reader.collect(&mut metrics).ok()?;
        let is_empty = metrics.scope_metrics().all(|scope| scope.metrics().next().is_none());
        (!is_empty).then_some(metrics)
    }
}

/// A reader of which one half is the provider's.
#[derive(Debug, Clone)]
struct Reader(Arc<ManualReader>);

impl MetricReader for Reader {
    fn register_pipeline(&self, pipeline: Weak<Pipeline>) {
        self.0.register_pipeline(pipeline);
    }

    fn collect(&self, metrics: &mut ResourceMetrics) -> OTelSdkResult {
        self.0.collect(metrics)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn temporality(&self, kind: InstrumentKind) -> Temporality {
        self.0.temporality(kind)
    }
}
