//! Where Graph has recordings: two seconds of silence, for who shows the token.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use switchboard::media::Silence;
use tokio::net::TcpListener;
use warp::{Filter, Reply, http::StatusCode};

/// What opens a recording.
pub(super) const TOKEN: &str = "opensesame";

/// A server with recordings, that counts who fetches one.
pub(super) struct Source {
    pub(super) url: String,
    fetched: Arc<AtomicUsize>,
}

impl Source {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let fetched = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&fetched);
        let route = warp::path::param().and(warp::header::optional("authorization"));
        let route = route.map(move |name: String, token: Option<String>| {
            count.fetch_add(1, Ordering::SeqCst);
            match (name.as_str(), token.as_deref()) {
                ("sound", Some("Bearer opensesame")) => sound().into_response(),
                ("page", _) => "<html>".into_response(),
                _ => StatusCode::UNAUTHORIZED.into_response(),
            }
        });
        tokio::spawn(warp::serve(route).incoming(listener).run());
        Self { url, fetched }
    }

    /// How often something was fetched.
    pub(super) fn fetched(&self) -> usize {
        self.fetched.load(Ordering::SeqCst)
    }
}

/// The recording.
pub(super) fn sound() -> Vec<u8> {
    Silence::new(2_000).unwrap().pieces(0..u64::MAX).flatten().collect()
}
