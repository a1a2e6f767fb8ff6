//! Sends to hooks. A deed each; what comes of it is told to the call like anything else.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::Timestamp;
use reqwest::{
    Client, RequestBuilder, Response, StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER},
    redirect::Policy,
};
use serde_json::Value;
use tokio::sync::OnceCell;

use super::{
    answer::{self, read},
    body::{cloud_event, id, question},
    signing::Keys,
};
use crate::{
    call::{Action, Call, Hook, Outcome},
    clock::{Clock, after_ms},
    config::{self, HookUrl, is_loopback},
    telemetry::{Span, asking},
};

/// How long a connection may take to come about.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);

/// How long a hook may take to take a notice.
pub const NOTICE_WITHIN: Duration = Duration::from_secs(10);

/// The longest patience that a hook may ask for, in seconds.
const LONGEST_PATIENCE_S: u64 = 3_600;

/// The operator's own servers.
pub struct Hooks {
    keys: Keys,
    urls: BTreeMap<String, HookUrl>,
    bot: String,
    clock: Arc<dyn Clock>,
    /// Made for the first that is sent: many a process never sends any.
    clients: [OnceCell<Client>; 2],
}

/// What a hook is told that is not about a single call.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    /// The name of what it is about.
    pub about: &'a str,
    /// Where things of its kind are shown, below `/api/`.
    pub path: &'a str,
    /// The number under which it is owed.
    pub n: u32,
    /// How often it was tried before.
    pub attempts: u8,
    /// Whom.
    pub hook: &'a Hook,
    /// What has happened: the event's type.
    pub event: &'a str,
    /// When.
    pub at: Timestamp,
    /// What is told.
    pub data: &'a Value,
}

/// What is sent.
struct Letter<'a> {
    /// The name of the call or order that it is about.
    about: &'a str,
    n: u32,
    attempts: u8,
    kind: &'static str,
    hook: &'a Hook,
    /// It is asked, not told.
    is_question: bool,
    body: Value,
}

impl Hooks {
    /// Hooks as the settings have them, told of by the bot at this base URL.
    pub fn new(settings: &config::Hooks, bot: &str, clock: Arc<dyn Clock>) -> Self {
        let keys = Keys::new(&settings.keys);
        Self { keys, urls: settings.urls.clone(), bot: bot.to_owned(), clock, clients: Default::default() }
    }

    /// Tries a call's action number `n` once, no longer than `within`. [`Outcome::NotSent`] where the action is none for a hook.
    pub async fn perform(&self, call: &Call, n: u32, action: &Action, within: Duration) -> Outcome {
        let attempts = call.owed.iter().find(|owed| owed.n == n).map_or(0, |owed| owed.attempts);
        let (about, kind) = (call.key.as_str(), action.kind());
        let letter = |hook, is_question, body| Letter { about, n, attempts, kind, hook, is_question, body };
        match action {
            Action::Notify { hook, event, facts } => {
                let source = format!("{}/api/calls/{about}", self.bot);
                let body = cloud_event(&id(about, n), &source, about, event, facts.at, &question(call, n, facts));
                self.exchange(letter(hook, false, body), within).await
            }
            Action::Ask { hook, facts, .. } => self.exchange(letter(hook, true, question(call, n, facts)), within).await,
            _ => Outcome::NotSent,
        }
    }

    /// The settings say where a hook of this name is.
    pub fn know(&self, name: &str) -> bool {
        self.urls.contains_key(name)
    }

    /// Tells a hook once, no longer than `within`.
    pub async fn tell(&self, notice: &Notice<'_>, within: Duration) -> Outcome {
        let Notice { about, path, n, attempts, hook, event, at, data } = *notice;
        let source = format!("{}/api/{path}/{about}", self.bot);
        let body = cloud_event(&id(about, n), &source, about, event, at, data);
        self.exchange(Letter { about, n, attempts, kind: "notify", hook, is_question: false, body }, within).await
    }

    async fn exchange(&self, letter: Letter<'_>, within: Duration) -> Outcome {
        let began = self.clock.now();
        let mut span = letter.span();
        let request = match self.prepare(&letter, began).await {
            Ok(request) => request.timeout(within),
            Err(outcome) => {
                span.forget();
                return outcome;
            }
        };
        let sent = request.send().await;
        let now = self.clock.now();
        letter.log(&sent, now.as_millisecond() - began.as_millisecond());
        tell_status(&mut span, &sent);
        let outcome = match sent {
            Ok(response) if letter.is_question => answered(response, now).await,
            Ok(response) => taken(&response, now),
            Err(error) if error.is_connect() => Outcome::NotSent,
            Err(_) => Outcome::Unknown,
        };
        tell(span, &outcome);
        outcome
    }

    /// The request, signed; or what comes of it where it cannot be made.
    async fn prepare(&self, letter: &Letter<'_>, now: Timestamp) -> Result<RequestBuilder, Outcome> {
        let url = self.url(letter.hook).ok_or_else(|| refused(0, "no_address"))?;
        if self.keys.is_empty() {
            tracing::warn!(call = letter.about, n = letter.n, "nothing can be sent to hooks: set WEBHOOK_SECRET");
            return Err(Outcome::NotSent);
        }
        let client = self.client(is_loopback(url.expose())).await.map_err(|_| Outcome::NotSent)?;
        let (id, second, body) = (id(letter.about, letter.n), now.as_second(), letter.body.to_string());
        let media_type = if letter.is_question { "application/json" } else { "application/cloudevents+json" };
        let request = client.post(url.expose().clone()).header(CONTENT_TYPE, media_type);
        let request = request.header("webhook-signature", self.keys.sign(&id, second, &body));
        Ok(request.header("webhook-id", id).header("webhook-timestamp", second).body(body))
    }

    /// Where a hook is: as the settings have it, else as its flow does.
    fn url(&self, hook: &Hook) -> Option<HookUrl> {
        let set = self.urls.get(&hook.name).cloned();
        set.or_else(|| HookUrl::parse(hook.url.as_deref()?).ok())
    }

    /// A client that follows no redirect; to this machine it goes by no proxy.
    async fn client(&self, is_here: bool) -> reqwest::Result<&Client> {
        let make = || async move {
            let agent = concat!("switchboard/", env!("CARGO_PKG_VERSION"));
            let builder = Client::builder().user_agent(agent).redirect(Policy::none()).connect_timeout(CONNECT_WITHIN);
            if is_here { builder.no_proxy().build() } else { builder.build() }
        };
        self.clients[usize::from(is_here)].get_or_try_init(make).await
    }
}

fn tell_status(span: &mut Span, sent: &reqwest::Result<Response>) {
    if let Ok(response) = sent {
        span.set("http.response.status_code", i64::from(response.status().as_u16()));
    }
}

fn tell(mut span: Span, outcome: &Outcome) {
    span.set("switchboard.outcome", outcome.name());
    if let Outcome::Refused { .. } | Outcome::Throttled { .. } | Outcome::Unknown | Outcome::NotSent = outcome {
        span.fail(outcome.name());
    }
}

impl Letter<'_> {
    /// Its name, and never its address, which may hold a key.
    fn span(&self) -> Span {
        let mut span = asking(|| format!("POST hook {}", self.hook.name));
        span.set("http.request.method", "POST");
        span.set("switchboard.hook", self.hook.name.clone());
        span.set("switchboard.action", self.kind);
        span.set("switchboard.n", i64::from(self.n));
        span
    }

    fn log(&self, sent: &reqwest::Result<Response>, duration_ms: i64) {
        let attempt = u32::from(self.attempts) + 1;
        let (call, action, n, name) = (self.about, self.kind, self.n, &self.hook.name);
        match sent {
            Ok(response) => {
                let status = response.status().as_u16();
                tracing::info!(call, action, n, attempt, status, duration_ms, "sent to hook `{name}`");
            }
            Err(error) => {
                let why = cause(error);
                tracing::warn!(call, action, n, attempt, duration_ms, "sent to hook `{name}`: {why}");
            }
        }
    }
}

/// Never the address, which may hold a key.
fn cause(error: &reqwest::Error) -> &'static str {
    match error {
        error if error.is_timeout() => "no answer in time",
        error if error.is_connect() => "no connection",
        error if error.is_builder() => "the request cannot be made",
        _ => "the request broke off",
    }
}

/// What comes of a notice. Only 410 says that it will never be taken: the rest may be a slip that is mended.
fn taken(response: &Response, now: Timestamp) -> Outcome {
    match response.status() {
        status if status.is_success() => Outcome::Done { operation: None },
        StatusCode::GONE => refused(410, "gone"),
        _ => patience(response, now).map_or(Outcome::Unknown, |until| Outcome::Throttled { until }),
    }
}

/// What comes of a question. 202 with `Retry-After` means that the answer is not there yet.
async fn answered(response: Response, now: Timestamp) -> Outcome {
    let status = response.status();
    match (status, patience(&response, now)) {
        (StatusCode::ACCEPTED | StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE, Some(until)) => {
            Outcome::Throttled { until }
        }
        (status, _) if status.is_success() => read_whole(response).await,
        (status, _) if status.is_server_error() => Outcome::Unknown,
        (status, _) => refused(status.as_u16(), "refused"),
    }
}

async fn read_whole(mut response: Response) -> Outcome {
    let (status, mut body) = (response.status().as_u16(), Vec::new());
    loop {
        match response.chunk().await {
            Ok(Some(part)) if body.len() + part.len() > answer::LONGEST => return refused(status, "too_long"),
            Ok(Some(part)) => body.extend_from_slice(&part),
            Ok(None) => return read(&body).map_or_else(|| refused(status, "unreadable"), Outcome::Answered),
            Err(_) => return Outcome::Unknown,
        }
    }
}

/// When a hook wants to be asked again: `Retry-After` in seconds.
fn patience(response: &Response, now: Timestamp) -> Option<Timestamp> {
    let seconds: u64 = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(after_ms(now, seconds.clamp(1, LONGEST_PATIENCE_S) * 1000))
}

fn refused(status: u16, code: &str) -> Outcome {
    Outcome::Refused { status, code: code.to_owned(), is_gone: false }
}
