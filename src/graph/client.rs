//! Graph, as a call sees it: an action goes in, what came of it comes out.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};

use super::{
    meaning::refusal,
    outcome::outcome,
    request::{BotUrls, build},
    told,
    transport::{Response, SendError, Transport},
};
use crate::{
    call::{Action, Call, Outcome},
    clock::Clock,
};

/// How long Graph may take for one request, where there is time.
const ANSWER_WITHIN: SignedDuration = SignedDuration::from_secs(2);

/// Graph, and who asks it.
pub struct Graph {
    transport: Arc<dyn Transport>,
    urls: BotUrls,
    clock: Arc<dyn Clock>,
}

/// One try of one action, for the log.
struct Try<'a> {
    call: &'a Call,
    n: u32,
    action: &'a Action,
    duration_ms: i64,
}

impl Graph {
    /// Sends by `transport`, and tells Graph to find the bot at `urls`.
    pub fn new(transport: Arc<dyn Transport>, urls: BotUrls, clock: Arc<dyn Clock>) -> Self {
        Self { transport, urls, clock }
    }

    /// Tries a call's action number `n` once, waiting for Graph no longer than two seconds and not beyond `until`.
    ///
    /// Nothing is sent, and [`Outcome::NotSent`] comes out, when `until` has passed, and when the action is no request: see
    /// [`build`].
    pub async fn perform(&self, call: &Call, n: u32, action: &Action, until: Timestamp) -> Outcome {
        let began = self.clock.now();
        let timeout = Duration::try_from(until.duration_since(began).min(ANSWER_WITHIN)).unwrap_or_default();
        let request = match build(call, n, action, &self.urls) {
            Some(request) if !timeout.is_zero() => request,
            _ => return Outcome::NotSent,
        };
        let span = told::begin(self.transport.server(), &request, action.kind(), n, attempt(call, n));
        let sent = self.transport.send(&call.tenant, &request, timeout).await;
        let now = self.clock.now();
        let tried = Try { call, n, action, duration_ms: now.as_millisecond() - began.as_millisecond() };
        let outcome = match &sent {
            Ok(response) => {
                let outcome = outcome(action, response, now);
                tried.log_response(response, &outcome);
                outcome
            }
            Err(error) => {
                tried.log_error(error);
                match error {
                    SendError::NotSent(_) => Outcome::NotSent,
                    SendError::NoReply(_) => Outcome::Unknown,
                }
            }
        };
        told::end(span, action.kind(), &sent, &outcome);
        outcome
    }
}

fn attempt(call: &Call, n: u32) -> u32 {
    let owed = call.owed.iter().find(|owed| owed.n == n);
    owed.map_or(1, |owed| u32::from(owed.attempts) + 1)
}

impl Try<'_> {
    fn graph_call(&self) -> String {
        self.call.graph_id.as_ref().map(ToString::to_string).unwrap_or_default()
    }

    fn log_response(&self, response: &Response, outcome: &Outcome) {
        let code = match outcome {
            Outcome::Refused { code, .. } => code,
            _ => "",
        };
        tracing::info!(
            call = %self.call.key,
            graph_call = self.graph_call(),
            action = self.action.kind(),
            n = self.n,
            attempt = attempt(self.call, self.n),
            status = response.status,
            code,
            request_id = response.request_id,
            scenario_id = response.scenario_id,
            duration_ms = self.duration_ms,
            "asked Graph"
        );
        self.log_refusal(outcome);
    }

    /// A call that is gone is how calls end, and needs nobody.
    fn log_refusal(&self, outcome: &Outcome) {
        if let Outcome::Refused { status, code, is_gone: false } = outcome {
            let meaning = refusal(code).unwrap_or("the code is not known here");
            let action = self.action.kind();
            tracing::warn!(call = %self.call.key, action, n = self.n, status, code, "Graph refuses: {meaning}");
        }
    }

    fn log_error(&self, error: &SendError) {
        tracing::warn!(
            call = %self.call.key,
            graph_call = self.graph_call(),
            action = self.action.kind(),
            n = self.n,
            attempt = attempt(self.call, self.n),
            duration_ms = self.duration_ms,
            "asked Graph: {error}"
        );
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;
    use bytes::Bytes;

    use tracing::level_filters::LevelFilter;

    use super::*;
    use crate::{
        graph::{request::Request, sample, servers::HandClock},
        telemetry::captured::capture,
    };

    /// A Graph that answers everything alike, and remembers how long it was given.
    struct Canned {
        answer: Result<Response, SendError>,
        given: Mutex<Vec<Duration>>,
    }

    #[async_trait]
    impl Transport for Canned {
        async fn send(&self, tenant: &str, _: &Request, timeout: Duration) -> Result<Response, SendError> {
            assert_eq!(tenant, sample::call().tenant);
            self.given.lock().unwrap().push(timeout);
            self.answer.clone()
        }
    }

    /// What comes of hanging up with so many milliseconds left, and how long Graph was given.
    async fn hang_up(call: &Call, answer: Result<Response, SendError>, left_ms: i64) -> (Outcome, Vec<Duration>) {
        let transport = Arc::new(Canned { answer, given: Mutex::default() });
        let clock = HandClock::new();
        let until = clock.now() + SignedDuration::from_millis(left_ms);
        let graph = Graph::new(transport.clone(), BotUrls::new("https://bot.example.org"), clock);
        let outcome = graph.perform(call, 1, &Action::HangUp, until).await;
        let given = transport.given.lock().unwrap().clone();
        (outcome, given)
    }

    fn gone_through() -> Result<Response, SendError> {
        Ok(Response { status: 204, ..Response::default() })
    }

    #[tokio::test]
    async fn graph_is_given_two_seconds_or_what_is_left() {
        for (left_ms, given_ms) in [(5000, 2000), (2000, 2000), (700, 700)] {
            let (outcome, given) = hang_up(&sample::call(), gone_through(), left_ms).await;
            assert_eq!((outcome, given), (Outcome::Done { operation: None }, vec![Duration::from_millis(given_ms)]));
        }
    }

    #[tokio::test]
    async fn nothing_is_sent_when_the_time_is_up() {
        for left_ms in [0, -1] {
            assert_eq!(hang_up(&sample::call(), gone_through(), left_ms).await, (Outcome::NotSent, vec![]));
        }
    }

    #[tokio::test]
    async fn nothing_is_sent_for_a_call_that_graph_has_not_named() {
        let call = Call { graph_id: None, ..sample::call() };
        assert_eq!(hang_up(&call, gone_through(), 5000).await, (Outcome::NotSent, vec![]));
    }

    #[tokio::test]
    async fn what_was_never_sent_is_told_from_what_nobody_knows() {
        let outcomes = [
            (SendError::NotSent("no token".to_owned()), Outcome::NotSent),
            (SendError::NoReply("no answer in time".to_owned()), Outcome::Unknown),
        ];
        for (error, expected) in outcomes {
            assert_eq!(hang_up(&sample::call(), Err(error), 5000).await.0, expected);
        }
    }

    /// What is logged while a call is hung up.
    async fn logged(answer: Result<Response, SendError>) -> String {
        let captured = capture(LevelFilter::INFO);
        hang_up(&sample::call(), answer, 5000).await;
        captured.lines().join("\n")
    }

    #[tokio::test]
    async fn a_request_is_one_line_in_the_log() {
        let answer = Response { status: 204, request_id: Some("r-1".to_owned()), ..Response::default() };
        let log = logged(Ok(answer)).await;
        let line: serde_json::Value = serde_json::from_str(&log).unwrap();
        assert_eq!((&line["action"], &line["request_id"]), (&"hang_up".into(), &"r-1".into()));
        assert_eq!((&line["n"], &line["attempt"], &line["status"]), (&1.into(), &1.into(), &204.into()));
        assert_eq!(line["call"], sample::call().key.as_str());
    }

    #[tokio::test]
    async fn a_refusal_is_explained_in_the_log_without_what_graph_wrote() {
        let body = Bytes::from_static(br#"{"error":{"code":"7504","message":"Ada may not"}}"#);
        let log = logged(Ok(Response { status: 403, body, ..Response::default() })).await;
        assert!(log.contains("consent") && log.contains("7504"), "{log}");
        assert!(!log.contains("Ada") && !log.contains("beef"), "{log}");
    }

    #[tokio::test]
    async fn a_call_that_is_gone_explains_itself() {
        let body = Bytes::from_static(br#"{"error":{"code":"8528"}}"#);
        let log = logged(Ok(Response { status: 400, body, ..Response::default() })).await;
        assert_eq!(log.lines().count(), 1, "{log}");
    }

    #[tokio::test]
    async fn a_refusal_keeps_its_code() {
        let body = Bytes::from_static(br#"{"error":{"code":"7504","message":"Insufficient"}}"#);
        let answer = Response { status: 403, body, ..Response::default() };
        let refused = Outcome::Refused { status: 403, code: "7504".to_owned(), is_gone: false };
        assert_eq!(hang_up(&sample::call(), Ok(answer), 5000).await.0, refused);
    }
}
