//! What is told of a request to Graph: a span under the turn that asked, and a count.

use super::{
    request::{Method, Request},
    transport::{Response, SendError},
};
use crate::{
    call::Outcome,
    telemetry::{Counted, Span, asking, count},
};

/// A request's span, from its beginning on. What it is called follows <https://opentelemetry.io/docs/specs/semconv/http/http-spans/>.
pub(super) fn begin(server: Option<&str>, request: &Request, action: &'static str, n: u32, attempt: u32) -> Span {
    let method = match request.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Delete => "DELETE",
    };
    let mut span = asking(|| format!("{method} {}", template(&request.path)));
    span.set("http.request.method", method);
    if let Some(server) = server {
        span.set("server.address", server.to_owned());
    }
    span.set("http.request.resend_count", i64::from(attempt.saturating_sub(1)));
    span.set("switchboard.action", action);
    span.set("switchboard.n", i64::from(n));
    span
}

/// A request's end.
pub(super) fn end(mut span: Span, action: &'static str, sent: &Result<Response, SendError>, outcome: &Outcome) {
    count(Counted::GraphRequests, 1, &[("switchboard.action", action), ("switchboard.outcome", outcome.name())]);
    span.set("switchboard.outcome", outcome.name());
    if let Ok(response) = sent {
        span.set("http.response.status_code", i64::from(response.status));
        let ids = [("switchboard.request_id", &response.request_id), ("switchboard.scenario_id", &response.scenario_id)];
        ids.into_iter().filter_map(|(name, id)| Some((name, id.clone()?))).for_each(|(name, id)| span.set(name, id));
    }
    match outcome {
        Outcome::Refused { code, is_gone, .. } => {
            span.set("switchboard.code", code.clone());
            // A call that is gone is how calls end.
            if !is_gone {
                span.fail("refused");
            }
        }
        Outcome::Throttled { .. } | Outcome::Unknown | Outcome::NotSent => span.fail(outcome.name()),
        _ => {}
    }
}

/// A path with `{id}` in place of ids. No other part of one has a digit in it.
fn template(path: &str) -> String {
    let part =
        |part: &str| if part.bytes().any(|b| b.is_ascii_digit() || b == b'%') { "{id}".to_owned() } else { part.to_owned() };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::template;

    #[test]
    fn requests_of_one_kind_have_one_name() {
        let path = "/communications/calls/57dab8b1-894c-409a-b240-bd8beae78896/answer";
        assert_eq!(template(path), "/communications/calls/{id}/answer");
        assert_eq!(template("/communications/calls/a%2Fb"), "/communications/calls/{id}");
    }
}
