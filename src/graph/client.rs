//! Graph, as a call sees it: an action goes in, what came of it comes out.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};

use super::{
    meaning::refusal,
    outcome::outcome,
    request::{BotUrls, build},
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
    /// Nothing is sent, and [`Outcome::NotSent`] comes out, when `until` has passed and when the action is no request (see [`build`]).
    pub async fn perform(&self, call: &Call, n: u32, action: &Action, until: Timestamp) -> Outcome {
        let began = self.clock.now();
        let timeout = Duration::try_from(until.duration_since(began).min(ANSWER_WITHIN)).unwrap_or_default();
        let request = match build(call, n, action, &self.urls) {
            Some(request) if !timeout.is_zero() => request,
            _ => return Outcome::NotSent,
        };
        let sent = self.transport.send(&call.tenant, &request, timeout).await;
        let now = self.clock.now();
        let tried = Try { call, n, action, duration_ms: now.as_millisecond() - began.as_millisecond() };
        match sent {
            Ok(response) => {
                let outcome = outcome(action, &response, now);
                tried.log_response(&response, &outcome);
                outcome
            }
            Err(error) => {
                tried.log_error(&error);
                match error {
                    SendError::NotSent(_) => Outcome::NotSent,
                    SendError::NoReply(_) => Outcome::Unknown,
                }
            }
        }
    }
}

impl Try<'_> {
    fn attempt(&self) -> u32 {
        let owed = self.call.owed.iter().find(|owed| owed.n == self.n);
        owed.map_or(1, |owed| u32::from(owed.attempts) + 1)
    }

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
            attempt = self.attempt(),
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
            attempt = self.attempt(),
            duration_ms = self.duration_ms,
            "asked Graph: {error}"
        );
    }
}
