//! Spans: what was done for a call or an order, and how long it took.
//!
//! A call is one trace: first the call, under it its turns, under each turn what was asked of others. The ids of the trace and of its
//! first span are made from the call's key, so that every process gives a call the same ones and nothing has to be kept for it. The
//! first span is told last, at the call's end; until then the others name a parent that has not come yet. So it is with an order.
//!
//! Spans have the machine's own time, whatever clock the calls go by.

use std::{
    borrow::Cow,
    future::Future,
    sync::Arc,
    time::{Instant, SystemTime},
};

use jiff::Timestamp;
use opentelemetry::{
    InstrumentationScope, KeyValue, Value,
    trace::{SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState},
};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};
use sha2::{Digest, Sha256};

use super::{
    exporting::{Exporting, Telemetry},
    meters::Counted,
};

tokio::task_local! {
    static TURN: Place;
}

/// Where in a trace something is.
#[derive(Clone)]
struct Place {
    exporting: Arc<Exporting>,
    trace: TraceId,
    span: SpanId,
}

/// A span that lasts until it is dropped. Free where telemetry is off.
#[derive(Default)]
pub struct Span(Option<Box<Open>>);

struct Open {
    place: Place,
    parent: SpanId,
    kind: SpanKind,
    name: Cow<'static, str>,
    began: SystemTime,
    since: Instant,
    attributes: Vec<KeyValue>,
    status: Status,
}

/// A span of what is asked of somebody else in the turn that this task is at. Outside of turns there is none.
pub fn asking(name: impl FnOnce() -> String) -> Span {
    let under = |turn: &Place| Span::begin(turn.clone(), SpanKind::Client, name().into());
    TURN.try_with(under).unwrap_or_default()
}

/// Adds to a count, in the turn that this task is at. Outside of turns nothing is counted.
pub fn count(counted: Counted, many: u64, attributes: &[(&'static str, &str)]) {
    let _ = TURN.try_with(|turn| turn.exporting.count(counted, many, attributes));
}

impl Telemetry {
    /// A span of what is done for a call or an order of this id, e.g. a turn.
    pub fn doing(&self, id: &str, name: impl FnOnce() -> String) -> Span {
        let Some(exporting) = self.exporting() else { return Span::default() };
        let (trace, span) = ids(id);
        Span::begin(Place { exporting: Arc::clone(exporting), trace, span }, SpanKind::Internal, name().into())
    }

    /// The span of a whole call or order, told when it has ended; `failed` says how where it should not have ended like that.
    pub fn whole(
        &self,
        what: &'static str,
        id: &str,
        began: Timestamp,
        attributes: &[(&'static str, &str)],
        failed: Option<&'static str>,
    ) {
        let Some(exporting) = self.exporting() else { return };
        let (trace, span) = ids(id);
        let place = Place { exporting: Arc::clone(exporting), trace, span };
        let whole = Open::new(place, SpanId::INVALID, SpanKind::Server, what.into());
        let mut whole = Open { began: SystemTime::from(began).min(whole.began), ..whole };
        attributes.iter().for_each(|(name, value)| whole.set(name, (*value).to_owned()));
        failed.into_iter().for_each(|how| whole.fail(how));
        exporting.keep(whole.data(SystemTime::now()));
    }
}

/// The ids of the trace of a call or an order, and of its first span.
fn ids(id: &str) -> (TraceId, SpanId) {
    let hash: [u8; 32] = Sha256::digest(id.as_bytes()).into();
    let (mut trace, mut span) = ([0; 16], [0; 8]);
    trace.copy_from_slice(&hash[..16]);
    span.copy_from_slice(&hash[16..24]);
    (TraceId::from_bytes(trace), SpanId::from_bytes(span))
}

impl Span {
    fn begin(under: Place, kind: SpanKind, name: Cow<'static, str>) -> Self {
        let mut id = [0; 8];
        // Without randomness there are no spans, which harms nobody.
        if getrandom::fill(&mut id).is_err() {
            return Self::default();
        }
        let parent = under.span;
        let place = Place { span: SpanId::from_bytes(id), ..under };
        Self(Some(Box::new(Open::new(place, parent, kind, name))))
    }

    /// Says something about it. Never a number, a name, a token, a body, or an address with a secret in it.
    pub fn set(&mut self, name: &'static str, value: impl Into<Value>) {
        if let Some(open) = &mut self.0 {
            open.set(name, value);
        }
    }

    /// Says that it failed, and in what way.
    pub fn fail(&mut self, how: &'static str) {
        if let Some(open) = &mut self.0 {
            open.fail(how);
        }
    }

    /// There was nothing to tell of after all.
    pub fn forget(mut self) {
        self.0 = None;
    }

    /// Does something in this span: what is asked meanwhile is under it.
    pub async fn around<T>(&self, deed: impl Future<Output = T>) -> T {
        match &self.0 {
            Some(open) => TURN.scope(open.place.clone(), deed).await,
            None => deed.await,
        }
    }
}

impl Open {
    fn new(place: Place, parent: SpanId, kind: SpanKind, name: Cow<'static, str>) -> Self {
        let (began, since) = (SystemTime::now(), Instant::now());
        Self { place, parent, kind, name, began, since, attributes: Vec::new(), status: Status::Unset }
    }

    fn set(&mut self, name: &'static str, value: impl Into<Value>) {
        self.attributes.push(KeyValue::new(name, value));
    }

    fn fail(&mut self, how: &'static str) {
        self.set("error.type", how);
        self.status = Status::error(how);
    }

    fn data(self, end_time: SystemTime) -> SpanData {
        let Place { trace, span, .. } = self.place;
        SpanData {
            span_context: SpanContext::new(trace, span, TraceFlags::SAMPLED, false, TraceState::NONE),
            parent_span_id: self.parent,
            parent_span_is_remote: false,
            span_kind: self.kind,
            name: self.name,
            start_time: self.began,
            end_time,
            attributes: self.attributes,
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: self.status,
            instrumentation_scope: InstrumentationScope::builder("switchboard").build(),
        }
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        if let Some(open) = self.0.take() {
            let exporting = Arc::clone(&open.place.exporting);
            let end = open.began + open.since.elapsed();
            exporting.keep(open.data(end));
        }
    }
}
