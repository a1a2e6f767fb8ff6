//! One log line as JSON.

use std::{fmt, io::Write};

use jiff::Timestamp;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{Layer, fmt::MakeWriter, layer::Context, registry::LookupSpan};

/// The fields of a log line, in the order in which they are written: `time`, `level` and `message` always, of the others those that
/// are known. Nothing else is ever written, so that what a library adds gives nothing away.
pub const FIELDS: [&str; 19] = [
    "time",
    "level",
    "message",
    "function",
    "invocation_id",
    "call",
    "order",
    "graph_call",
    "event",
    "action",
    "n",
    "attempt",
    "status",
    "code",
    "request_id",
    "scenario_id",
    "cosmos_requests",
    "duration_ms",
    "outcome",
];

/// Writes each event as one line of JSON.
///
/// The line is out, whole, before whoever wrote it goes on: the host kills its handlers without a word, and what waited in memory
/// would be lost.
pub(super) struct JsonLines<W> {
    writer: W,
}

impl<W> JsonLines<W> {
    pub(super) fn to(writer: W) -> Self {
        Self { writer }
    }
}

impl<S, W> Layer<S> for JsonLines<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut line = Line::default();
        attributes.record(&mut line);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(line);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(line) = span.extensions_mut().get_mut::<Line>() {
            values.record(line);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut line = Line::default();
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(outer) = span.extensions().get::<Line>() {
                line.fill_from(outer);
            }
        }
        event.record(&mut line);
        line.put("time", format!("{:.3}", Timestamp::now()));
        line.put("level", level(event.metadata().level()));
        let mut bytes = serde_json::to_vec(&line).unwrap_or_default();
        bytes.push(b'\n');
        // Whoever should have read it is gone: there is nobody left to tell.
        let _ = self.writer.make_writer().write_all(&bytes);
    }
}

fn level(level: &Level) -> &'static str {
    match *level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

/// The values of [`FIELDS`], as far as they are known.
#[derive(Default)]
struct Line([Option<Value>; FIELDS.len()]);

impl Line {
    /// Sets a field; does nothing where no line has it.
    fn put(&mut self, name: &str, value: impl Into<Value>) {
        if let Some(place) = FIELDS.iter().position(|field| *field == name) {
            self.0[place] = Some(value.into());
        }
    }

    /// Takes from a span further out what is not known yet.
    fn fill_from(&mut self, outer: &Self) {
        for (place, value) in self.0.iter_mut().zip(&outer.0) {
            if place.is_none() {
                place.clone_from(value);
            }
        }
    }
}

impl Visit for Line {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field.name(), value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field.name(), value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field.name(), format!("{value:?}"));
    }
}

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in FIELDS.iter().zip(&self.0) {
            if let Some(value) = value {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}
