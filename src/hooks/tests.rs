//! What hooks are sent, and what comes of what they answer.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use warp::{
    Filter,
    http::{HeaderMap, Response},
};

use super::{Hooks, signing::Keys};
use crate::{
    call::{Action, Answer, Call, CallbackSecret, Facts, GraphCallId, Hook, Incoming, Kept, Outcome, Terms},
    clock::{Clock, SystemClock},
    config::{self, HookUrl},
};

const KEY: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Long enough for a server on this machine, however busy.
const LONG: Duration = Duration::from_secs(30);

/// A hook that answers alike whatever it is sent, and remembers it.
struct Server {
    url: String,
    sent: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
}

impl Server {
    async fn start(answer: impl Fn() -> Response<String> + Clone + Send + Sync + 'static) -> Self {
        let sent = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&sent);
        let request = warp::post().and(warp::path!("calls")).and(warp::header::headers_cloned()).and(warp::body::bytes());
        let routes = request.map(move |headers, body| {
            log.lock().unwrap().push((headers, body));
            answer()
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/calls", listener.local_addr().unwrap());
        tokio::spawn(warp::serve(routes).incoming(listener).run());
        Self { url, sent }
    }

    async fn answering(status: u16, body: &str) -> Self {
        let body = body.to_owned();
        Self::start(move || Response::builder().status(status).body(body.clone()).unwrap()).await
    }

    fn sent(&self) -> Vec<(HeaderMap, Bytes)> {
        self.sent.lock().unwrap().clone()
    }
}

fn a_call() -> Call {
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    let terms = Terms {
        tenant: "a-tenant".to_owned(),
        flow: "front_desk".to_owned(),
        flow_version: "v1".to_owned(),
        secret: CallbackSecret::new(7),
        max_minutes: 240,
        kept_for_s: 3600,
    };
    let incoming = Incoming {
        call: GraphCallId::parse("11111111-2222-3333-4444-555555555555").unwrap(),
        from: None,
        to: None,
        is_group: false,
    };
    let mut call = Call::ringing(&incoming, terms, now);
    call.recordings = vec![Kept { n: 4, ms: 2_500 }, Kept { n: 12, ms: 1_000 }];
    call
}

fn facts() -> Facts {
    let variables = [("tier".to_owned(), "gold".to_owned())].into();
    Facts { at: Timestamp::from_second(1_800_000_007).unwrap(), step: "tell".to_owned(), variables }
}

fn hook(url: Option<&str>) -> Hook {
    Hook { name: "crm".to_owned(), url: url.map(str::to_owned) }
}

fn notice(url: Option<&str>) -> Action {
    Action::Notify { hook: hook(url), event: "com.example.told".to_owned(), facts: facts() }
}

fn question(url: Option<&str>) -> Action {
    Action::Ask { hook: hook(url), facts: facts(), within_ms: 2_500, is_apart: false }
}

async fn send(action: &Action, settings: &config::Hooks, within: Duration) -> Outcome {
    let hooks = Hooks::new(settings, "https://bot.example.org", Arc::new(SystemClock));
    hooks.perform(&a_call(), 9, action, within).await
}

fn keys() -> config::Hooks {
    config::Hooks { keys: vec![SecretString::from(KEY)], ..config::Hooks::default() }
}

async fn asked(server: &Server) -> Outcome {
    send(&question(Some(&server.url)), &keys(), LONG).await
}

async fn told(server: &Server) -> Outcome {
    send(&notice(Some(&server.url)), &keys(), LONG).await
}

fn refused(status: u16, code: &str) -> Outcome {
    Outcome::Refused { status, code: code.to_owned(), is_gone: false }
}

#[tokio::test]
async fn a_notice_is_a_cloud_event() {
    let server = Server::answering(204, "").await;
    assert_eq!(told(&server).await, Outcome::Done { operation: None });
    let (headers, body) = server.sent().pop().unwrap();
    assert_eq!(headers["content-type"], "application/cloudevents+json");
    let event: Value = serde_json::from_slice(&body).unwrap();
    let expected = json!({
        "specversion": "1.0",
        "id": "11111111222233334444555555555555:9",
        "source": "https://bot.example.org/api/calls/11111111222233334444555555555555",
        "type": "com.example.told",
        "subject": "11111111222233334444555555555555",
        "time": "2027-01-15T08:00:07Z",
        "datacontenttype": "application/json",
        "data": {
            "id": "11111111222233334444555555555555",
            "graphCallId": "11111111-2222-3333-4444-555555555555",
            "tenantId": "a-tenant",
            "direction": "incoming",
            "from": null,
            "to": null,
            "flow": "front_desk",
            "flowVersion": "v1",
            "created": "2027-01-15T08:00:00Z",
            "step": "tell",
            "variables": { "tier": "gold" },
            "recordings": [{ "n": 4, "seconds": 2.5 }],
        },
    });
    assert_eq!(event, expected);
}

#[tokio::test]
async fn what_is_sent_is_signed() {
    let server = Server::answering(200, "{}").await;
    asked(&server).await;
    let (headers, body) = server.sent().pop().unwrap();
    let second: i64 = headers["webhook-timestamp"].to_str().unwrap().parse().unwrap();
    assert!((SystemClock.now().as_second() - second).abs() < 60);
    assert_eq!(headers["webhook-id"], "11111111222233334444555555555555:9");
    let expected =
        Keys::new(&keys().keys).sign("11111111222233334444555555555555:9", second, std::str::from_utf8(&body).unwrap());
    assert_eq!(headers["webhook-signature"], expected);
    assert_eq!(headers["content-type"], "application/json");
}

#[tokio::test]
async fn an_answer_is_read() {
    let answer = Answer { variables: [("tier".to_owned(), "gold".to_owned())].into(), next: Some("vip".to_owned()) };
    let server = Server::answering(200, r#"{"next":"vip","variables":{"tier":"gold"}}"#).await;
    assert_eq!(asked(&server).await, Outcome::Answered(answer));
    assert_eq!(asked(&Server::answering(204, "").await).await, Outcome::Answered(Answer::default()));
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_refused() {
    assert_eq!(asked(&Server::answering(200, "<html>").await).await, refused(200, "unreadable"));
    assert_eq!(asked(&Server::answering(200, &" ".repeat(2 * 1024 * 1024)).await).await, refused(200, "too_long"));
    assert_eq!(asked(&Server::answering(404, "{}").await).await, refused(404, "refused"));
    assert_eq!(asked(&Server::answering(500, "{}").await).await, Outcome::Unknown);
}

#[tokio::test]
async fn an_answer_without_an_end_is_cut_off() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/calls", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        connection.read_u8().await.unwrap();
        connection.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await.unwrap();
        while connection.write_all(b"4\r\n    \r\n").await.is_ok() {}
    });
    assert_eq!(send(&question(Some(&url)), &keys(), LONG).await, refused(200, "too_long"));
}

#[tokio::test]
async fn a_hook_that_says_nothing_is_not_waited_for() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/calls", silent.local_addr().unwrap());
    let within = Duration::from_millis(50);
    assert_eq!(send(&question(Some(&url)), &keys(), within).await, Outcome::Unknown);
    assert_eq!(send(&notice(Some(&url)), &keys(), within).await, Outcome::Unknown);
}

#[tokio::test]
async fn a_hook_may_ask_for_patience() {
    for (status, is_notice) in [(202, false), (429, false), (503, false), (429, true), (503, true)] {
        let later = move || Response::builder().status(status).header("retry-after", "7").body(String::new()).unwrap();
        let server = Server::start(later).await;
        let before = SystemClock.now();
        let outcome = if is_notice { told(&server).await } else { asked(&server).await };
        let Outcome::Throttled { until } = outcome else { panic!("{status}") };
        assert!(until.duration_since(before) >= SignedDuration::from_secs(7), "{status}");
    }
}

#[tokio::test]
async fn a_notice_is_given_up_only_where_the_hook_is_gone() {
    assert_eq!(told(&Server::answering(410, "").await).await, refused(410, "gone"));
    for status in [301, 400, 404, 500] {
        assert_eq!(told(&Server::answering(status, "").await).await, Outcome::Unknown, "{status}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::answering(200, "{}").await;
    let location = elsewhere.url.clone();
    let away = move || Response::builder().status(307).header("location", &location).body(String::new()).unwrap();
    let server = Server::start(away).await;
    assert_eq!(asked(&server).await, refused(307, "refused"));
    assert_eq!(told(&server).await, Outcome::Unknown);
    assert!(elsewhere.sent().is_empty());
}

#[tokio::test]
async fn the_settings_say_where_a_hook_is_rather_than_its_flow() {
    let (of_flow, of_settings) = (Server::answering(204, "").await, Server::answering(204, "").await);
    let urls = [("crm".to_owned(), HookUrl::parse(&of_settings.url).unwrap())].into();
    send(&notice(Some(&of_flow.url)), &config::Hooks { urls, ..keys() }, LONG).await;
    assert_eq!((of_flow.sent().len(), of_settings.sent().len()), (0, 1));
}

#[tokio::test]
async fn nothing_is_sent_unsigned_or_where_nobody_said_where_to() {
    let server = Server::answering(204, "").await;
    assert_eq!(send(&notice(Some(&server.url)), &config::Hooks::default(), LONG).await, Outcome::NotSent);
    assert_eq!(send(&notice(None), &keys(), LONG).await, refused(0, "no_address"));
    assert_eq!(send(&notice(Some("http://crm.example.com/")), &keys(), LONG).await, refused(0, "no_address"));
    assert!(server.sent().is_empty());
}
