//! The API's client, over real HTTP.

use std::{collections::BTreeMap, env, fmt, io};

use jiff::Timestamp;
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use switchboard::config::BaseUrl;

/// The variables that the key is read from.
const KEYS: [&str; 2] = ["CALLS_API_KEY", "FUNCTIONS_KEY"];

/// Asks a bot's API.
pub(crate) struct Client {
    http: reqwest::Client,
    calls: String,
    key: Option<String>,
}

/// Why something was not done.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The bot says no.
    Refused(Problem),
    /// The bot cannot be asked, or what it says cannot be understood.
    Broken(String),
}

/// What the bot says when it says no.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Problem {
    #[serde(default)]
    title: String,
    detail: Option<String>,
    field: Option<String>,
    #[serde(default)]
    errors: Vec<Fault>,
    #[serde(skip)]
    status: u16,
}

#[derive(Debug, Deserialize)]
struct Fault {
    field: String,
    detail: String,
}

/// A call, as the bot shows it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shown {
    pub(crate) id: String,
    pub(crate) direction: String,
    pub(crate) created: Timestamp,
    pub(crate) flow: String,
    pub(crate) phase: String,
    pub(crate) step: Option<String>,
    pub(crate) outcome: Option<String>,
    pub(crate) result: Option<Why>,
    #[serde(default)]
    pub(crate) participants: Vec<Participant>,
    #[serde(default)]
    pub(crate) variables: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) owed: Vec<Owed>,
    #[serde(default)]
    pub(crate) recordings: Vec<Recording>,
    #[serde(default)]
    pub(crate) journal: Vec<Entry>,
}

/// Graph's codes of a call's end.
#[derive(Debug, Deserialize)]
pub(crate) struct Why {
    pub(crate) code: i64,
    pub(crate) subcode: i64,
    pub(crate) meaning: Option<String>,
}

/// Somebody in the call.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Participant {
    pub(crate) kind: Option<String>,
    pub(crate) is_in_lobby: bool,
    pub(crate) is_muted: bool,
}

/// Something that the bot has yet to do.
#[derive(Debug, Deserialize)]
pub(crate) struct Owed {
    pub(crate) n: u32,
    pub(crate) kind: String,
    pub(crate) until: Option<Timestamp>,
}

/// A recording.
#[derive(Debug, Deserialize)]
pub(crate) struct Recording {
    pub(crate) n: u32,
    pub(crate) seconds: f64,
}

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Entry {
    pub(crate) at: Timestamp,
    pub(crate) kind: String,
    pub(crate) n: Option<u32>,
    pub(crate) result: String,
    pub(crate) by: Option<String>,
}

/// What the limits on calling out did not let the bot place.
#[derive(Debug, Deserialize)]
pub(crate) struct Refused {
    pub(crate) id: String,
    pub(crate) flow: String,
    pub(crate) reason: String,
    pub(crate) last: Timestamp,
    pub(crate) times: u32,
}

#[derive(Deserialize)]
struct Refusals {
    refusals: Vec<Refused>,
}

#[derive(Deserialize)]
struct Page {
    calls: Vec<Shown>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Accepted {
    id: String,
}

impl Client {
    pub(crate) fn new(url: &str) -> Result<Self, String> {
        let base = BaseUrl::parse(url).map_err(|fault| format!("--url {fault}"))?;
        let http = reqwest::Client::builder();
        let http = if base.is_loopback() { http.no_proxy() } else { http };
        let http = http.build().map_err(|error| format!("no HTTP client can be made: {error}"))?;
        let key = KEYS.iter().find_map(|name| env::var(name).ok().filter(|key| !key.is_empty()));
        Ok(Self { http, calls: format!("{base}/api/calls"), key })
    }

    /// Places a call; its id.
    pub(crate) async fn place(&self, name: &str, body: &Value) -> Result<String, Failed> {
        let accepted: Accepted =
            read(self.ask(self.request(Method::POST, "").header("idempotency-key", name).json(body)).await?).await?;
        Ok(accepted.id)
    }

    /// Calls, the newest first, page after page.
    pub(crate) async fn list(&self, query: &[(&str, String)], most: usize) -> Result<Vec<Shown>, Failed> {
        let mut calls = Vec::new();
        let mut next: Option<String> = None;
        while calls.len() < most {
            let limit = (most - calls.len()).min(100).to_string();
            let page = next.iter().map(|next| ("page", next.clone()));
            let query: Vec<_> = query.iter().cloned().chain(page).chain([("limit", limit)]).collect();
            let page: Page = read(self.ask(self.request(Method::GET, &in_query(&query))).await?).await?;
            calls.extend(page.calls);
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        Ok(calls)
    }

    /// What was refused, the latest first.
    pub(crate) async fn refused(&self) -> Result<Vec<Refused>, Failed> {
        let refusals: Refusals = read(self.ask(self.request(Method::GET, "/refusals.json")).await?).await?;
        Ok(refusals.refusals)
    }

    pub(crate) async fn show(&self, id: &str) -> Result<Shown, Failed> {
        read(self.ask(self.request(Method::GET, &in_path(id)?)).await?).await
    }

    pub(crate) async fn send(&self, id: &str, name: &str, data: BTreeMap<String, String>) -> Result<(), Failed> {
        let body = json!({ "name": name, "data": data });
        self.ask(self.request(Method::POST, &format!("{}/events", in_path(id)?)).json(&body)).await.map(drop)
    }

    /// Ends a call; `false` where it was over already.
    pub(crate) async fn end(&self, id: &str) -> Result<bool, Failed> {
        let response = self.ask(self.request(Method::DELETE, &in_path(id)?)).await?;
        Ok(response.status() == StatusCode::ACCEPTED)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.calls));
        self.key.iter().fold(request, |request, key| request.header("x-functions-key", key))
    }

    async fn ask(&self, request: RequestBuilder) -> Result<Response, Failed> {
        let sent = request.send().await;
        let response = sent.map_err(|error| Failed::Broken(format!("nobody answers at {}: {}", self.calls, cause(&error))))?;
        let status = response.status();
        match status.is_success() {
            true => Ok(response),
            false => {
                let problem = response.json().await.unwrap_or_default();
                Err(Failed::Refused(Problem { status: status.as_u16(), ..problem }))
            }
        }
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = if self.title.is_empty() { "The bot refuses." } else { &self.title };
        write!(f, "{title} ({})", self.status)?;
        match (&self.field, &self.detail) {
            (Some(field), Some(detail)) => write!(f, "\n  {field} {detail}")?,
            (None, Some(detail)) if self.errors.is_empty() => write!(f, "\n  {detail}")?,
            _ => {}
        }
        if self.status == 401 && !KEYS.iter().any(|name| env::var(name).is_ok_and(|key| !key.is_empty())) {
            write!(f, "\n  neither {} nor {} is set", KEYS[0], KEYS[1])?;
        }
        self.errors.iter().try_for_each(|fault| write!(f, "\n  {} {}", fault.field, fault.detail))
    }
}

/// An id as a part of a path; what is none leads nowhere.
fn in_path(id: &str) -> Result<String, Failed> {
    let is_id = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    match is_id {
        true => Ok(format!("/{id}")),
        false => Err(Failed::Broken("an id is letters, digits, dashes and underscores".to_owned())),
    }
}

/// Parameters as they stand in a URL.
fn in_query(parameters: &[(&str, String)]) -> String {
    let mut url = Url::parse("http://localhost").expect("it is a URL");
    url.query_pairs_mut().extend_pairs(parameters);
    format!("?{}", url.query().unwrap_or_default())
}

async fn read<T: DeserializeOwned>(response: Response) -> Result<T, Failed> {
    response.json().await.map_err(|_| Failed::Broken("what answers there is no bot of this version".to_owned()))
}

/// The innermost reason: the outer ones only say that a request failed.
fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
