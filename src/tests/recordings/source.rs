//! Where Graph has recordings: silence, for who shows the token: two seconds of it, or five minutes.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use switchboard::media::{Silence, wav};
use tokio::net::TcpListener;
use warp::{Filter, Reply, http::StatusCode};

/// What opens a recording.
pub(super) const TOKEN: &str = "opensesame";

/// How long the long recording is, in milliseconds: its file has 9.6 MB.
pub(super) const LONG_MS: u32 = 300_000;

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
                ("long", Some("Bearer opensesame")) => silence(LONG_MS).into_response(),
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

/// The short recording.
pub(super) fn sound() -> Vec<u8> {
    silence(2_000)
}

/// A WAV file of silence, however long.
pub(super) fn silence(ms: u32) -> Vec<u8> {
    let one = Silence::new(1_000).unwrap().pieces(0..u64::MAX).flatten().collect::<Vec<u8>>();
    let samples = wav::samples(&one, one.len() as u64).unwrap();
    let length = ms as usize * wav::BYTES_PER_MS as usize;
    let mut file = wav::header(&samples.format, length as u64).unwrap().to_vec();
    file.resize(file.len() + length, 0);
    file
}
