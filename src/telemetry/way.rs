//! How traces and metrics travel: HTTP, apart from all other requests, so that these never wait for them.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::{Client, StatusCode, Url, header::HeaderMap, redirect::Policy};
use tokio::sync::OnceCell;

use super::exporting::NotSent;

/// How long a connection may take to come about.
const CONNECT_WITHIN: Duration = Duration::from_secs(1);

/// How long a connection is kept that nobody uses. Short, as the machine may be frozen meanwhile and wake with dead ones.
const IDLE_FOR: Duration = Duration::from_secs(30);

/// The most of an answer that is read, in bytes.
const LONGEST_ANSWER: usize = 64 * 1024;

/// A way to one server.
#[derive(Debug)]
pub(super) struct Way {
    /// Made when it is first needed, so that the start does not wait for it.
    client: OnceCell<Client>,
    is_on_this_machine: bool,
}

impl Way {
    /// A way that passes by the environment's proxy where the server is on this machine.
    pub(super) fn new(is_on_this_machine: bool) -> Self {
        Self { client: OnceCell::new(), is_on_this_machine }
    }

    /// Posts, and yields the answer as far as it is worth reading.
    pub(super) async fn post(&self, url: &Url, headers: HeaderMap, body: Bytes) -> Result<(StatusCode, Bytes), NotSent> {
        let client = self.client.get_or_try_init(|| async { self.make() }).await.map_err(|error| not_sent(&error))?;
        let sent = client.post(url.clone()).headers(headers).body(body).send().await;
        let mut response = sent.map_err(|error| not_sent(&error))?;
        let (status, mut answer) = (response.status(), BytesMut::new());
        while let Ok(Some(part)) = response.chunk().await {
            let room = LONGEST_ANSWER - answer.len();
            answer.extend_from_slice(&part[..part.len().min(room)]);
            if part.len() >= room {
                break;
            }
        }
        Ok((status, answer.freeze()))
    }

    fn make(&self) -> reqwest::Result<Client> {
        let agent = concat!("switchboard/", env!("CARGO_PKG_VERSION"));
        let builder = Client::builder().user_agent(agent).redirect(Policy::none());
        let builder = builder.connect_timeout(CONNECT_WITHIN).pool_idle_timeout(IDLE_FOR);
        if self.is_on_this_machine { builder.no_proxy().build() } else { builder.build() }
    }
}

/// Never the address.
fn not_sent(error: &reqwest::Error) -> NotSent {
    let why = match error {
        error if error.is_connect() => "no connection",
        error if error.is_builder() => "the request cannot be made",
        _ => "the request broke off",
    };
    NotSent(why.to_owned())
}
