//! A server that the bot tells things: it takes everything, and what it was told is printed.

use std::{io, net::Ipv4Addr};

use bytes::Bytes;
use tokio::{net::TcpListener, task::JoinSet};
use warp::{Filter, http::StatusCode};

use crate::conversation::Sources;

/// The server, until dropped.
pub(super) struct Hook {
    pub(super) url: String,
    _server: JoinSet<()>,
}

impl Hook {
    /// Begins to listen on any free port, and tells of what comes.
    pub(super) async fn start(sources: Sources) -> io::Result<Self> {
        let routes = warp::post().and(warp::body::bytes()).map(move |body: Bytes| match serde_json::from_slice(&body) {
            Ok(event) => {
                sources.tell(event);
                StatusCode::NO_CONTENT
            }
            Err(_) => StatusCode::BAD_REQUEST,
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let mut server = JoinSet::new();
        server.spawn(warp::serve(routes).incoming(listener).run());
        Ok(Self { url, _server: server })
    }
}
