//! What the program tells of itself: log lines always, traces and metrics where they are wanted.
//!
//! Log lines are JSON on standard output for the Functions host, plain text on standard error for a person at a terminal. The host
//! takes a line on standard output for information and one on standard error for a failure, so the handler writes nothing to the
//! latter; what is found there is a panic. The host gives a line no context either, so each carries the fields of the spans that it
//! was written in: see [`FIELDS`].
//!
//! Traces and metrics are told to [`Telemetry`], which sends them at the end of each invocation:
//!
//! - `spans` are what was done for a call or an order, `meters` what is counted.
//! - `exporting` keeps both for a moment and has them sent, within bounds.
//! - [`Collector`] and [`ApplicationInsights`] are where they go, by a `way` of their own.

mod application_insights;
mod asked;
#[cfg(test)]
pub(crate) mod captured;
mod collector;
mod exporting;
mod line;
mod meters;
mod spans;
mod way;

pub use application_insights::{ApplicationInsights, Writer};
pub use asked::{asked, counting, note_requests};
pub use collector::Collector;
pub use exporting::{Destination, HURRIED, NotSent, Telemetry, UNHURRIED};
pub use line::FIELDS;
pub use meters::Counted;
pub use spans::{Span, asking, count};

use std::io;

use tracing::{Metadata, level_filters::LevelFilter};
use tracing_subscriber::{
    Layer,
    filter::{FilterFn, Targets, filter_fn},
    fmt,
    prelude::*,
};

use line::JsonLines;

/// Writes JSON lines to standard output from now on: for the handler. The first caller of this or [`for_people`] decides.
pub fn for_host(level: LevelFilter) {
    let lines = JsonLines::to(io::stdout).with_filter(from(level));
    // Refused only where one of the two was called before.
    let _ = tracing_subscriber::registry().with(lines).try_init();
}

/// Writes plain text to standard error from now on: for the developer's commands. The first caller of this or [`for_host`] decides.
pub fn for_people(level: LevelFilter) {
    let text = fmt::layer().compact().without_time().with_target(false).with_writer(io::stderr).with_filter(from(level));
    // Refused only where one of the two was called before.
    let _ = tracing_subscriber::registry().with(text).try_init();
}

/// The level is for our own lines; our spans are always there, since lines of every level take their fields from them. Libraries tell
/// of warnings alone: in greater detail they print headers, and in those are tokens.
fn from(level: LevelFilter) -> FilterFn<impl Fn(&Metadata<'_>) -> bool> {
    let ours = |level| Targets::new().with_targets([("switchboard", level), ("handler", level)]);
    let spans = ours(LevelFilter::TRACE);
    let lines = ours(level).with_default(level.min(LevelFilter::WARN));
    filter_fn(move |about| {
        let targets = if about.is_span() { &spans } else { &lines };
        targets.would_enable(about.target(), about.level())
    })
}

#[cfg(test)]
mod tests {
    use tracing::{debug, info, info_span, warn};

    use super::{captured::capture, *};

    /// What is written while `f` runs with lines from `level` on.
    fn written(level: LevelFilter, f: impl FnOnce()) -> Vec<String> {
        let captured = capture(level);
        f();
        captured.lines()
    }

    #[test]
    fn a_line_holds_its_own_fields_and_those_of_its_spans_in_one_order() {
        let lines = written(LevelFilter::INFO, || {
            let function = info_span!("function", function = "tone_received", invocation_id = "i-1").entered();
            let call = info_span!("call", call = "c1", graph_call = tracing::field::Empty).entered();
            call.record("graph_call", "g1");
            info!(duration_ms = 12_u64, action = %"answer", n = 3_u32, outcome = ?Some(1), "asked \"Graph\"\nfor something");
            drop((call, function));
        });
        let [line] = &lines[..] else { panic!("{lines:?}") };
        let (time, rest) = line.strip_prefix(r#"{"time":""#).and_then(|line| line.split_once('"')).unwrap();
        assert!(time.ends_with('Z') && time.parse::<jiff::Timestamp>().is_ok(), "{time}");
        assert_eq!(
            rest,
            concat!(
                r#","level":"info","message":"asked \"Graph\"\nfor something","function":"tone_received","invocation_id":"i-1","#,
                r#""call":"c1","graph_call":"g1","action":"answer","n":3,"duration_ms":12,"outcome":"Some(1)"}"#
            )
        );
    }

    #[test]
    fn the_event_has_the_last_word_over_its_spans() {
        let lines = written(LevelFilter::INFO, || info_span!("call", call = "outer").in_scope(|| info!(call = "inner", "x")));
        assert!(lines[0].contains(r#""call":"inner""#) && !lines[0].contains("outer"), "{}", lines[0]);
    }

    #[test]
    fn a_line_keeps_its_context_where_only_warnings_are_written() {
        let lines = written(LevelFilter::WARN, || {
            info_span!("call", call = "c1").in_scope(|| {
                info!("left out");
                warn!("kept");
            });
        });
        assert_eq!(lines.len(), 1);
        assert!(lines[0].contains(r#""level":"warn","message":"kept","call":"c1""#), "{}", lines[0]);
    }

    #[test]
    fn libraries_tell_of_warnings_alone_and_their_fields_are_not_written() {
        let lines = written(LevelFilter::TRACE, || {
            debug!(target: "h2::codec", header = "authorization: hush", "frame");
            warn!(target: "hyper::proto", header = "authorization: hush", "odd");
            info_span!(target: "h2::proto", "stream", status = 200_u16).in_scope(|| debug!("ours"));
        });
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].ends_with(r#""level":"warn","message":"odd"}"#), "{}", lines[0]);
        assert!(lines[1].ends_with(r#""level":"debug","message":"ours"}"#), "{}", lines[1]);
    }
}
