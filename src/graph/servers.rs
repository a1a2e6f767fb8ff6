//! Servers on loopback and a clock moved by hand, for the tests of this folder.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use tokio::net::TcpListener;
use warp::{
    Filter,
    http::{HeaderMap, Method, Response},
    path::FullPath,
};

use super::{
    entra::{Credential, Entra},
    http,
    token::Tokens,
};
use crate::clock::{Clock, Sleep};

/// A request that a server was sent.
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Asked {
    /// A header's value; empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// A server that answers as it is told, and remembers what it was asked.
pub(crate) struct Server {
    pub(crate) base: Url,
    pub(crate) asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// `answer` is given the request and how many came before it.
    pub(crate) async fn start<F>(answer: F) -> Self
    where
        F: Fn(&Asked, usize) -> Response<String> + Clone + Send + Sync + 'static,
    {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        let request = warp::method().and(warp::path::full()).and(warp::header::headers_cloned()).and(warp::body::bytes());
        let routes = request.map(move |method, path: FullPath, headers, body| {
            let mut log = log.lock().unwrap();
            log.push(Asked { method, path: path.as_str().to_owned(), headers, body });
            answer(log.last().unwrap(), log.len() - 1)
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = base(&listener);
        tokio::spawn(warp::serve(routes).incoming(listener).run());
        Self { base, asked }
    }

    /// An Entra whose tokens are `token-0`, `token-1` ... and last an hour.
    pub(crate) async fn entra() -> Self {
        Self::start(|_, n| json(200, &format!(r#"{{"token_type":"Bearer","expires_in":3600,"access_token":"token-{n}"}}"#))).await
    }

    pub(crate) fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

/// The base URL of a listener.
pub(crate) fn base(listener: &TcpListener) -> Url {
    format!("http://{}", listener.local_addr().unwrap()).parse().unwrap()
}

/// The base URL of a port where nobody listens.
pub(crate) async fn nobody() -> Url {
    base(&TcpListener::bind("127.0.0.1:0").await.unwrap())
}

/// An answer with a JSON body.
pub(crate) fn json(status: u16, body: &str) -> Response<String> {
    Response::builder().status(status).header("content-type", "application/json").body(body.to_owned()).unwrap()
}

/// Tokens from the Entra at `authority`.
pub(crate) fn tokens(authority: &Url, clock: Arc<dyn Clock>) -> Tokens {
    let graph = "http://127.0.0.1:1/v1.0".parse().unwrap();
    let credential = Credential::Secret("open sesame".to_owned().into());
    let entra = Entra::new(http::client(&graph).unwrap(), authority.as_str(), "an-app".to_owned(), credential, &graph);
    Tokens::new(entra, clock)
}

/// A clock that stands still unless it is moved.
pub(crate) struct HandClock(Mutex<Timestamp>);

impl HandClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(Timestamp::UNIX_EPOCH)))
    }

    pub(crate) fn forward(&self, by: SignedDuration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    fn sleep_until(&self, _: Timestamp) -> Sleep {
        Box::pin(std::future::pending())
    }
}
