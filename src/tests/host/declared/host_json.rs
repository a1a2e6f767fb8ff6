//! `host.json`: the keys that a handler feels.

use std::{ops::RangeInclusive, time::Duration};

use serde_json::Value;

/// `host.json`, with the defaults of a Flex plan where it is silent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HostJson {
    /// The handler, relative to the script root.
    pub(crate) executable: String,
    /// How long an invocation may take before the handler is killed for it.
    pub(crate) function_timeout: Duration,
    /// How long the handler may take to answer at all after its start.
    pub(crate) ready_within: Duration,
    /// The first part of every route; may be empty.
    pub(crate) route_prefix: String,
    /// How queues are listened to.
    pub(crate) queues: QueueOptions,
}

/// `extensions.queues`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QueueOptions {
    /// How many messages are taken at once.
    pub(crate) batch_size: usize,
    /// More are taken as soon as no more than so many are under way.
    pub(crate) new_batch_threshold: usize,
    /// The longest wait between two looks at an empty queue.
    pub(crate) max_polling_interval: Duration,
    /// How long a message that failed is hidden.
    pub(crate) visibility_timeout: Duration,
    /// After so many failures it goes to the poison queue.
    pub(crate) max_dequeue_count: u32,
    /// Messages are base64; if not, plain text.
    pub(crate) is_base64: bool,
}

impl HostJson {
    /// Reads it.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub(super) fn read(json: &Value) -> Result<Self, String> {
        if json["version"] != "2.0" {
            return Err("version must be \"2.0\"".to_owned());
        }
        let executable = json.pointer("/customHandler/description/defaultExecutablePath").and_then(Value::as_str);
        let executable =
            executable.filter(|path| !path.is_empty()).ok_or("customHandler.description.defaultExecutablePath is empty")?;
        if !flag(json, "/customHandler/enableProxyingHttpRequest") {
            return Err(
                "without customHandler.enableProxyingHttpRequest HTTP comes in envelopes, which this host does not do".to_owned()
            );
        }
        let prefix = json.pointer("/extensions/http/routePrefix").map_or(Some("api"), Value::as_str);
        Ok(Self {
            executable: executable.to_owned(),
            function_timeout: time(json, "/functionTimeout", "00:30:00")?,
            ready_within: time(json, "/customHandler/initializationTimeout", "00:00:30")?,
            route_prefix: prefix.ok_or("extensions.http.routePrefix is no text")?.to_owned(),
            queues: QueueOptions::read(json)?,
        })
    }
}

impl QueueOptions {
    fn read(json: &Value) -> Result<Self, String> {
        let batch_size = number(json, "/extensions/queues/batchSize", 16, 1..=32)?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threshold = batch_size as usize / 2 * cores;
        let max_polling_interval = time(json, "/extensions/queues/maxPollingInterval", "00:01:00")?;
        if max_polling_interval < Duration::from_millis(100) {
            return Err("extensions.queues.maxPollingInterval is less than 100 ms".to_owned());
        }
        Ok(Self {
            batch_size: batch_size as usize,
            new_batch_threshold: number(json, "/extensions/queues/newBatchThreshold", threshold as u32, 0..=1_000)? as usize,
            max_polling_interval,
            visibility_timeout: time(json, "/extensions/queues/visibilityTimeout", "00:00:00")?,
            max_dequeue_count: number(json, "/extensions/queues/maxDequeueCount", 5, 1..=u32::MAX)?,
            is_base64: match json.pointer("/extensions/queues/messageEncoding").map_or(Some("base64"), Value::as_str) {
                Some(encoding) if encoding.eq_ignore_ascii_case("base64") => true,
                Some(encoding) if encoding.eq_ignore_ascii_case("none") => false,
                _ => return Err("extensions.queues.messageEncoding is neither base64 nor none".to_owned()),
            },
        })
    }
}

/// A value as text: what comes from an app setting is always that.
fn text(json: &Value, path: &str) -> Option<String> {
    json.pointer(path).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

fn flag(json: &Value, path: &str) -> bool {
    text(json, path).is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

fn number(json: &Value, path: &str, default: u32, range: RangeInclusive<u32>) -> Result<u32, String> {
    let Some(text) = text(json, path) else { return Ok(default) };
    text.parse()
        .ok()
        .filter(|number| range.contains(number))
        .ok_or_else(|| format!("{path} is {text}: not a number of {range:?}"))
}

fn time(json: &Value, path: &str, default: &str) -> Result<Duration, String> {
    let text = text(json, path).unwrap_or_else(|| default.to_owned());
    time_span(&text).ok_or_else(|| format!("{path} is {text}: not hh:mm:ss"))
}

/// .NET's `hh:mm:ss`, perhaps with a fraction of a second.
fn time_span(text: &str) -> Option<Duration> {
    let [hours, minutes, seconds] = text.split(':').collect::<Vec<_>>().try_into().ok()?;
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let seconds: f64 = seconds.parse().ok()?;
    let is_time = hours < 24 && minutes < 60 && (0.0..60.0).contains(&seconds);
    is_time.then(|| Duration::from_secs(u64::from(hours * 3_600 + minutes * 60)) + Duration::from_secs_f64(seconds))
}
