//! Where requests come in: one task per connection, the clock held while a request is under way, and replies that get lost.

use std::time::Duration;

use hyper::{
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use warp::{filters::BoxedFilter, http::Request, reply::Response};

use super::super::clock::Clock;

/// After a failed accept, most likely for want of file descriptors, others get this long to close some.
const BREATH: Duration = Duration::from_millis(50);

/// Marks a response that must not be sent: the connection is closed instead.
#[derive(Clone)]
pub(super) struct Lost;

/// The error that closes the connection.
#[derive(Debug, thiserror::Error)]
#[error("the reply was lost on purpose")]
struct LostReply;

/// Serves until aborted; its connections end with it.
pub(super) async fn serve(listener: TcpListener, routes: BoxedFilter<(Response,)>, clock: Clock) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, routes.clone(), clock.clone()));
                }
                Err(_) => tokio::time::sleep(BREATH).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, routes: BoxedFilter<(Response,)>, clock: Clock) {
    let routes = TowerToHyperService::new(warp::service(routes));
    let service = service_fn(move |request: Request<Incoming>| {
        let hold = clock.hold();
        let answered = routes.call(request);
        async move {
            let Ok(response) = answered.await;
            drop(hold);
            match response.extensions().get::<Lost>() {
                Some(Lost) => Err(LostReply),
                None => Ok(response),
            }
        }
    });
    // Small answers must not wait for more to say; if they do all the same, no harm is done.
    stream.set_nodelay(true).ok();
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // An error is a client that went away or a reply lost on purpose; neither is news.
    connection.await.ok();
}

#[cfg(test)]
mod tests {
    use warp::{Filter, http::StatusCode};

    use super::{super::respond, *};

    #[tokio::test]
    async fn a_lost_reply_is_a_broken_connection_and_the_next_request_is_served() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let lost = warp::path!("lost").map(|| {
            let mut response = respond::empty(StatusCode::OK);
            response.extensions_mut().insert(Lost);
            response
        });
        let kept = warp::path!("kept").map(|| respond::empty(StatusCode::OK));
        let routes = lost.or(kept).unify().boxed();
        tokio::spawn(serve(listener, routes, Clock::real()));

        let client = reqwest::Client::new();
        let get = |path: &str| client.get(format!("{url}/{path}")).send();
        for _ in 0..3 {
            assert_eq!(get("kept").await.unwrap().status(), 200);
            let error = get("lost").await.unwrap_err();
            assert!(error.is_request() && error.status().is_none(), "{error:?}");
        }
    }
}
