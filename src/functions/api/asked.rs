//! One request to the control API, and who makes it.

use std::borrow::Cow;

use reqwest::Url;
use warp::http::{HeaderMap, Method, StatusCode};

use super::problem::Problem;
use crate::{
    access::{Asker, Refused, Shown},
    app::App,
};

/// One request, but for its body.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// Its method.
    pub method: Method,
    /// Its path, below that of the function.
    pub path: &'a str,
    /// What follows the question mark.
    pub query: &'a str,
    /// Its headers.
    pub headers: &'a HeaderMap,
}

impl Asked<'_> {
    /// Whether there is something here that takes its method.
    ///
    /// # Errors
    /// The problem, which names those that it takes.
    pub fn method_among(&self, methods: &'static [Method]) -> Result<(), Problem> {
        match methods.contains(&self.method) {
            true => Ok(()),
            false => Err(Problem::wrong_method(methods)),
        }
    }

    /// Who makes it, and may.
    ///
    /// # Errors
    /// The problem that they are told of.
    pub async fn asker(&self, app: &App) -> Result<Asker, Problem> {
        let header = |name: &str| self.headers.get(name).and_then(|value| value.to_str().ok());
        let code = parameters(self.query).find(|(name, _)| name == "code").map(|(_, value)| value);
        let key = header("x-functions-key").or(code.as_deref());
        let shown = Shown { authorization: header("authorization"), key };
        match app.access.who(shown).await {
            Ok(asker) if self.method == Method::GET || asker.may_place => Ok(asker),
            Ok(_) => Err(may_only_look()),
            Err(refused) => Err(closed(&refused)),
        }
    }
}

/// The parameters of a query, as they were meant.
pub fn parameters(query: &str) -> impl Iterator<Item = (String, String)> {
    let mut url = Url::parse("http://localhost").expect("it is a URL");
    url.set_query(Some(query));
    let pairs: Vec<_> = url.query_pairs().map(|(name, value)| (owned(name), owned(value))).collect();
    pairs.into_iter()
}

fn owned(text: Cow<'_, str>) -> String {
    text.into_owned()
}

/// The most that is listed at once, and how much is when nothing is asked.
pub const LONGEST_PAGE: usize = 100;

/// The parameter `limit`: how much is listed at the most.
pub fn limit(text: &str) -> Option<usize> {
    text.parse().ok().filter(|limit| (1..=LONGEST_PAGE).contains(limit))
}

fn closed(refused: &Refused) -> Problem {
    let status = StatusCode::from_u16(refused.status()).unwrap_or(StatusCode::UNAUTHORIZED);
    let (kind, title) = match status {
        StatusCode::FORBIDDEN => ("not_yours", "You may not use this."),
        StatusCode::SERVICE_UNAVAILABLE => ("unavailable", "It cannot be done now."),
        _ => ("closed", "It is not known who asks."),
    };
    tracing::warn!(outcome = "refused", status = refused.status(), "the API was not opened: {refused}");
    Problem::new(status, kind, title).detail(refused.to_string())
}

fn may_only_look() -> Problem {
    let problem = Problem::new(StatusCode::FORBIDDEN, "not_yours", "You may only look.");
    problem.detail("the role Calls.Place is needed for this")
}
