//! How this folder speaks HTTP.

use std::{error::Error, time::Duration};

use bytes::{Bytes, BytesMut};
use reqwest::{Client, Url, redirect::Policy};

use crate::config::is_loopback;

/// How long a connection may take to come about. Shorter than any request's limit, so that a server out of reach is told from one
/// that does not answer: only in the first case has the request certainly had no effect.
const CONNECT_WITHIN: Duration = Duration::from_secs(1);

/// How long a connection is kept that nobody uses. Short, as the machine may be frozen between two calls and wake with dead ones.
const IDLE_FOR: Duration = Duration::from_secs(30);

/// The one client for Graph and for tokens; share it, as it holds the connections. It follows no redirect, and ignores the
/// environment's proxy where Graph is on a loopback address.
///
/// # Errors
/// Where the system's certificates cannot be read.
pub fn client(graph: &Url) -> reqwest::Result<Client> {
    let builder = Client::builder()
        .user_agent(concat!("switchboard/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .connect_timeout(CONNECT_WITHIN)
        .pool_idle_timeout(IDLE_FOR);
    match is_loopback(graph) {
        true => builder.no_proxy().build(),
        false => builder.build(),
    }
}

/// The body as far as it came, and no further than `limit` bytes: a status is worth knowing even where its body breaks off.
pub(super) async fn body(mut response: reqwest::Response, limit: usize) -> Bytes {
    let mut body = BytesMut::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = limit - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() > room {
            break;
        }
    }
    body.freeze()
}

/// The innermost reason, without the URL, which may hold a secret.
pub(super) fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut innermost: &dyn Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    match innermost.is::<reqwest::Error>() {
        true => "the request broke off".to_owned(),
        false => innermost.to_string(),
    }
}
