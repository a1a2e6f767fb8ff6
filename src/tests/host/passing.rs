//! Passing requests on, streamed both ways.

use std::{convert::Infallible, future::Future, sync::Arc, time::Duration};

use hyper::{
    Request, Response, StatusCode,
    body::Incoming,
    header::{CONNECTION, HOST, HeaderName, TE, TRAILER, TRANSFER_ENCODING, UPGRADE},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use rand::seq::IndexedRandom;
use reqwest::{Body, Client, Url};
use tokio::{net::TcpListener, task::JoinSet};

use super::lent::Lender;

/// How often a request is tried while nobody takes connections.
const TRIES: u32 = 10;

/// How long before the second try; the longest wait is five times as long.
const FIRST_WAIT: Duration = Duration::from_millis(50);

/// What is of one connection only, and not passed on.
const HOP_BY_HOP: [HeaderName; 5] = [CONNECTION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE];

/// Serves until dropped; its connections end with it.
pub(super) async fn serve<F>(listener: TcpListener, answer: impl Fn(Request<Incoming>) -> F + Clone + Send + 'static)
where
    F: Future<Output = Response<Body>> + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => {
                // Without it small answers wait for more; that costs time only.
                let _ = stream.set_nodelay(true);
                let answer = answer.clone();
                let service = service_fn(move |request| {
                    let answered = answer(request);
                    async move { Ok::<_, Infallible>(answered.await) }
                });
                connections.spawn(async move {
                    // An error is a client that went away.
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Deals each request to one of several instances at random, as the front end of a platform does.
pub(super) async fn deal(listener: TcpListener, client: Client, instances: Vec<String>) {
    let instances: Arc<[String]> = instances.into();
    serve(listener, move |request| {
        let (client, instances) = (client.clone(), Arc::clone(&instances));
        async move {
            let instance = instances.choose(&mut rand::rng()).map_or("", String::as_str);
            pass_on(&client, instance, request).await.unwrap_or_else(|| empty(StatusCode::BAD_GATEWAY))
        }
    })
    .await;
}

/// Passes a request on to where a URL without path points; `None` where nobody can be reached there, or breaks off before an answer.
pub(super) async fn pass_on(client: &Client, to: &str, request: Request<Incoming>) -> Option<Response<Body>> {
    let (mut head, body) = request.into_parts();
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let url = Url::parse(&format!("{to}{path}")).ok()?;
    HOP_BY_HOP.iter().chain([&HOST]).for_each(|name| drop(head.headers.remove(name)));
    let body = Lender::new(body);
    let mut wait = FIRST_WAIT;
    for _ in 0..TRIES {
        // It may be starting again. What was sent in part cannot be sent again.
        let request = client.request(head.method.clone(), url.clone()).headers(head.headers.clone());
        if let Ok(response) = request.body(Body::wrap(body.lend()?)).send().await {
            let mut response: Response<Body> = response.into();
            HOP_BY_HOP.iter().for_each(|name| drop(response.headers_mut().remove(name)));
            return Some(response);
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(FIRST_WAIT * 5);
    }
    None
}

/// An answer without a body.
pub(super) fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::default());
    *response.status_mut() = status;
    response
}
