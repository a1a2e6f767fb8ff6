//! The operator's servers, as a test has them: they answer as it says, and remember what they were told.

use std::{
    collections::BTreeMap,
    io,
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use serde_json::Value;
use switchboard::flow::{Flow, trial::Given};
use tokio::{net::TcpListener, task::JoinSet};
use warp::{
    Filter, Reply,
    http::{StatusCode, header::CONTENT_TYPE},
    reply::{Response, with_header, with_status},
};

/// A hook that was told something, and what: a CloudEvent.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) hook: String,
    pub(super) event: Value,
}

/// The hooks of one call, until dropped.
pub(super) struct Hooks {
    url: String,
    told: Arc<Mutex<Vec<Told>>>,
    _server: JoinSet<()>,
}

impl Hooks {
    /// Begins to listen on any free port.
    pub(super) async fn start(given: &Given) -> io::Result<Self> {
        let told: Arc<Mutex<Vec<Told>>> = Arc::default();
        let (log, answers) = (Arc::clone(&told), Arc::new(given.hooks.clone()));
        let routes = warp::post().and(warp::path!(String)).and(warp::body::bytes()).map(move |hook: String, body: Bytes| {
            let body: Value = serde_json::from_slice(&body).unwrap_or_default();
            let answer = answers.get(&hook).map_or_else(|| reply(204, None), |answer| reply(answer.status, answer.body.as_ref()));
            // What is asked is no event; what is told again is the same one.
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            if body["specversion"].is_string() && log.iter().all(|told| told.event["id"] != body["id"]) {
                log.push(Told { hook, event: body });
            }
            answer
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let mut server = JoinSet::new();
        server.spawn(warp::serve(routes).incoming(listener).run());
        Ok(Self { url, told, _server: server })
    }

    /// Where the hooks of a flow are, and of those that it goes on with.
    pub(super) fn urls(&self, flow: &Flow) -> BTreeMap<String, String> {
        let flows = flow.others.values().chain([flow]);
        flows.flat_map(|flow| flow.hooks.keys()).map(|name| (name.clone(), format!("{}/{name}", self.url))).collect()
    }

    /// What they were told, in order.
    pub(super) fn told(&self) -> Vec<Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn reply(status: u16, body: Option<&Value>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let body = body.map(Value::to_string).unwrap_or_default();
    with_status(with_header(body, CONTENT_TYPE, "application/json"), status).into_response()
}
