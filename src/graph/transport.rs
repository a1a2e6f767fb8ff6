//! Sending requests to Graph.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use reqwest::{
    Client, Url,
    header::{CONTENT_LENGTH, HeaderMap},
};
use tokio::time::{Instant, timeout_at};

use super::{
    http,
    request::{Method, Request},
    token::{Token, Tokens},
};

/// The longest body that is read, in bytes.
const LONGEST_BODY: usize = 256 * 1024;

/// The longest header value that is kept, in characters.
const LONGEST_HEADER: usize = 128;

/// What Graph answered.
#[derive(Debug, Clone, Default)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The `Retry-After` header: seconds or a date.
    pub retry_after: Option<String>,
    /// Graph's name of the request; its support asks for it.
    pub request_id: Option<String>,
    /// Graph's name of the call's whole story; its support asks for it too.
    pub scenario_id: Option<String>,
    /// The body as far as it came, at most 256 KiB of it.
    pub body: Bytes,
}

/// Why there is no response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// There was no token, or no connection: the request certainly had no effect.
    #[error("not sent: {0}")]
    NotSent(String),
    /// Nobody knows whether the request had an effect.
    #[error("sent, but {0}")]
    NoReply(String),
}

/// A way to Graph.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends a request in the name of the bot in `tenant`, and waits for the response no longer than `timeout`.
    ///
    /// # Errors
    /// [`SendError`] says whether the request may have had an effect. A response of any status is no error.
    async fn send(&self, tenant: &str, request: &Request, timeout: Duration) -> Result<Response, SendError>;

    /// The server's name, where there is one.
    fn server(&self) -> Option<&str> {
        None
    }
}

/// The way to Graph over HTTP.
pub struct HttpTransport {
    http: Client,
    base: String,
    server: Option<String>,
    tokens: Tokens,
}

impl HttpTransport {
    /// Sends to the Graph at `base`, which includes `/v1.0`.
    pub fn new(http: Client, base: &Url, tokens: Tokens) -> Self {
        let server = base.host_str().map(str::to_owned);
        Self { http, base: base.as_str().trim_end_matches('/').to_owned(), server, tokens }
    }

    async fn token(&self, tenant: &str, deadline: Instant) -> Result<Token, SendError> {
        match timeout_at(deadline, self.tokens.get(tenant)).await {
            Ok(token) => token.map_err(|error| SendError::NotSent(error.to_string())),
            Err(_) => Err(SendError::NotSent("no token came in time".to_owned())),
        }
    }

    async fn exchange(&self, request: &Request, token: &Token, deadline: Instant) -> Result<Response, SendError> {
        let id = fresh_id();
        let response = self.prepare(request, token, &id).timeout(deadline - Instant::now()).send().await;
        let response = response.map_err(|error| match error.is_connect() || error.is_builder() {
            true => SendError::NotSent(http::cause(&error)),
            false => SendError::NoReply(format!("{} (client-request-id {id})", http::cause(&error))),
        })?;
        let header = |name| header(response.headers(), name);
        let (retry_after, request_id, scenario_id) = (header("retry-after"), header("request-id"), header("scenario-id"));
        let status = response.status().as_u16();
        Ok(Response { status, retry_after, request_id, scenario_id, body: http::body(response, LONGEST_BODY).await })
    }

    fn prepare(&self, request: &Request, token: &Token, id: &str) -> reqwest::RequestBuilder {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Delete => reqwest::Method::DELETE,
        };
        let url = format!("{}{}", self.base, request.path);
        let builder = self.http.request(method, url).bearer_auth(token.expose()).header("client-request-id", id);
        match (&request.body, request.method) {
            (Some(body), _) => builder.json(body),
            // Left to itself the client says nothing of a body that is not there, and Microsoft's front ends answer 411.
            (None, Method::Post) => builder.header(CONTENT_LENGTH, 0),
            (None, _) => builder,
        }
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, tenant: &str, request: &Request, timeout: Duration) -> Result<Response, SendError> {
        let deadline = Instant::now() + timeout;
        let token = self.token(tenant, deadline).await?;
        let response = self.exchange(request, &token, deadline).await?;
        if response.status != 401 {
            return Ok(response);
        }
        // Whoever is not let in has not done anything, so the second try cannot be a second deed.
        self.tokens.forget(tenant, &token);
        let token = self.token(tenant, deadline).await?;
        self.exchange(request, &token, deadline).await
    }

    fn server(&self) -> Option<&str> {
        self.server.as_deref()
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    Some(value.chars().take(LONGEST_HEADER).collect())
}

/// A random UUID, by which Graph's support finds a request that nobody answered.
fn fresh_id() -> String {
    let mut bytes = [0; 16];
    // Without randomness the ids would be alike, which harms nobody but whoever searches for one.
    let _ = getrandom::fill(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let id = data_encoding::HEXLOWER.encode(&bytes);
    format!("{}-{}-{}-{}-{}", &id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..])
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;
    use tokio::{io::AsyncReadExt, net::TcpListener};
    use warp::http::Response as Answer;

    use super::*;
    use crate::graph::servers::{HandClock, Server, base, json as answer, nobody, tokens};

    const HOME: &str = "c7d1a3f0-0000-4000-8000-00000000007e";

    fn transport(entra: &Url, graph: &Url) -> HttpTransport {
        let graph = graph.join("v1.0").unwrap();
        HttpTransport::new(http::client(&graph).unwrap(), &graph, tokens(entra, HandClock::new()))
    }

    fn post(body: Option<serde_json::Value>) -> Request {
        Request { method: Method::Post, path: "/communications/calls/abc/playPrompt".to_owned(), body }
    }

    /// Sends a request with all the time in the world.
    async fn send(entra: &Url, graph: &Url, request: &Request) -> Result<Response, SendError> {
        transport(entra, graph).send(HOME, request, Duration::from_secs(60)).await
    }

    async fn play(graph: &Url) -> Result<Response, SendError> {
        send(&Server::entra().await.base, graph, &post(Some(json!({ "clientContext": "abc:1" })))).await
    }

    #[tokio::test]
    async fn a_request_arrives_whole_and_in_the_name_of_the_bot() {
        let graph = Server::start(|_, _| answer(200, r#"{"id":"1"}"#)).await;
        let response = play(&graph.base).await.unwrap();
        assert_eq!((response.status, response.body), (200, Bytes::from_static(br#"{"id":"1"}"#)));
        let asked = graph.asked.lock().unwrap();
        assert_eq!((asked[0].method.as_str(), asked[0].path.as_str()), ("POST", "/v1.0/communications/calls/abc/playPrompt"));
        assert_eq!(asked[0].body, r#"{"clientContext":"abc:1"}"#);
        assert_eq!((asked[0].header("authorization"), asked[0].header("content-type")), ("Bearer token-0", "application/json"));
    }

    #[tokio::test]
    async fn each_request_has_a_uuid_of_its_own() {
        let graph = Server::start(|_, _| answer(200, "")).await;
        play(&graph.base).await.unwrap();
        play(&graph.base).await.unwrap();
        let asked = graph.asked.lock().unwrap();
        let ids = [0, 1].map(|n| asked[n].header("client-request-id").to_owned());
        assert_ne!(ids[0], ids[1]);
        assert!(ids.iter().all(|id| id.len() == 36 && id.as_bytes()[14] == b'4'), "{ids:?}");
    }

    #[tokio::test]
    async fn a_post_without_a_body_says_that_it_has_none() {
        let graph = Server::start(|_, _| answer(200, "")).await;
        send(&Server::entra().await.base, &graph.base, &post(None)).await.unwrap();
        assert_eq!(graph.asked.lock().unwrap()[0].header("content-length"), "0");
    }

    #[tokio::test]
    async fn what_graph_says_about_the_response_is_kept() {
        let headers = |_: &_, _| {
            let response = Answer::builder().status(429).header("Retry-After", "7");
            response.header("request-id", "r".repeat(500)).header("scenario-id", "s-1").body(String::new()).unwrap()
        };
        let response = play(&Server::start(headers).await.base).await.unwrap();
        assert_eq!((response.status, response.retry_after.as_deref()), (429, Some("7")));
        assert_eq!(response.request_id.map(|id| id.len()), Some(LONGEST_HEADER));
        assert_eq!(response.scenario_id.as_deref(), Some("s-1"));
    }

    #[tokio::test]
    async fn a_failure_of_graph_is_a_response() {
        let graph = Server::start(|_, _| answer(500, "oh")).await;
        assert_eq!(play(&graph.base).await.unwrap().status, 500);
        assert_eq!(graph.count(), 1);
    }

    #[tokio::test]
    async fn a_token_that_is_refused_is_replaced_once() {
        let entra = Server::entra().await;
        let graph = Server::start(|asked, _| match asked.header("authorization") {
            "Bearer token-0" => answer(401, ""),
            _ => answer(204, ""),
        })
        .await;
        assert_eq!(send(&entra.base, &graph.base, &post(None)).await.unwrap().status, 204);
        assert_eq!((entra.count(), graph.count()), (2, 2));
    }

    #[tokio::test]
    async fn a_bot_that_is_not_let_in_twice_does_not_knock_again() {
        let entra = Server::entra().await;
        let graph = Server::start(|_, _| answer(401, "")).await;
        assert_eq!(send(&entra.base, &graph.base, &post(None)).await.unwrap().status, 401);
        assert_eq!((entra.count(), graph.count()), (2, 2));
    }

    #[tokio::test]
    async fn without_a_token_nothing_is_sent() {
        let entra = Server::start(|_, _| answer(401, r#"{"error_codes":[7000215]}"#)).await;
        let graph = Server::start(|_, _| answer(200, "")).await;
        let Err(SendError::NotSent(why)) = send(&entra.base, &graph.base, &post(None)).await else { panic!("sent") };
        assert!(why.contains("BOT_APP_SECRET"), "{why}");
        assert_eq!(graph.count(), 0);
    }

    #[tokio::test]
    async fn a_graph_out_of_reach_was_not_sent_anything() {
        assert!(matches!(play(&nobody().await).await, Err(SendError::NotSent(_))));
    }

    #[tokio::test]
    async fn nobody_knows_what_a_graph_did_that_hangs_up_on_the_request() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let graph = base(&listener);
        tokio::spawn(async move {
            let (mut connection, _) = listener.accept().await.unwrap();
            connection.read_u8().await.unwrap();
        });
        let Err(SendError::NoReply(why)) = play(&graph).await else { panic!("certain") };
        assert!(why.contains("client-request-id") && !why.contains("127.0.0.1"), "{why}");
    }

    #[tokio::test]
    async fn nobody_knows_what_a_graph_did_that_does_not_answer_in_time() {
        let listener = Arc::new(TcpListener::bind("127.0.0.1:0").await.unwrap());
        let transport = transport(&Server::entra().await.base, &base(&listener));
        transport.tokens.warm(HOME).await.unwrap();
        let sent = transport.send(HOME, &post(None), Duration::from_millis(50)).await;
        assert!(matches!(sent, Err(SendError::NoReply(why)) if why.starts_with("no answer in time")));
    }

    #[tokio::test]
    async fn time_that_ran_out_over_the_token_leaves_nothing_sent() {
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let graph = Server::start(|_, _| answer(200, "")).await;
        let transport = transport(&base(&silent), &graph.base);
        let sent = transport.send(HOME, &post(None), Duration::from_millis(50)).await;
        assert!(matches!(sent, Err(SendError::NotSent(_))));
        assert_eq!(graph.count(), 0);
    }

    #[tokio::test]
    async fn of_an_endless_body_only_the_beginning_is_read() {
        let graph = Server::start(|_, _| answer(200, &"x".repeat(LONGEST_BODY + 1))).await;
        assert_eq!(play(&graph.base).await.unwrap().body.len(), LONGEST_BODY);
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let elsewhere = Server::start(|_, _| answer(200, "")).await;
        let location = elsewhere.base.to_string();
        let redirect = move |_: &_, _| Answer::builder().status(307).header("location", &location).body(String::new()).unwrap();
        assert_eq!(play(&Server::start(redirect).await.base).await.unwrap().status, 307);
        assert_eq!(elsewhere.count(), 0);
    }
}
