//! A Graph that asks the bot once to wait.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use reqwest::{Body, Client};
use tokio::net::TcpListener;
use warp::http::{HeaderValue, StatusCode, header::RETRY_AFTER};

use super::passing::{empty, pass_on, serve};

/// Passes requests on to a Graph, but for the first that shall play something: it is answered with 429 and this `Retry-After`.
pub(super) async fn throttle(listener: TcpListener, client: Client, graph: String, seconds: u64) {
    let has_asked = Arc::new(AtomicBool::new(false));
    serve(listener, move |request| {
        let (client, graph, has_asked) = (client.clone(), graph.clone(), Arc::clone(&has_asked));
        async move {
            if request.uri().path().ends_with("/playPrompt") && !has_asked.swap(true, Ordering::SeqCst) {
                return wait(seconds);
            }
            pass_on(&client, &graph, request).await.unwrap_or_else(|| empty(StatusCode::BAD_GATEWAY))
        }
    })
    .await;
}

fn wait(seconds: u64) -> warp::http::Response<Body> {
    let mut response = empty(StatusCode::TOO_MANY_REQUESTS);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}
