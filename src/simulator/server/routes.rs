//! Which path leads where.

use std::{convert::Infallible, sync::Arc};

use bytes::Bytes;
use serde::Deserialize;
use warp::{
    Filter,
    filters::BoxedFilter,
    http::{HeaderMap, Method},
    path::FullPath,
    reply::Response,
};

use super::{control, entra, graph, openid, platform::Platform};

/// All routes of the simulator.
pub(super) fn all(platform: &Arc<Platform>) -> BoxedFilter<(Response,)> {
    tokens(platform)
        .or(calling(platform))
        .unify()
        .or(recordings(platform))
        .unify()
        .or(signing(platform))
        .unify()
        .or(people(platform))
        .unify()
        .or(rotation(platform))
        .unify()
        .boxed()
}

fn tokens(platform: &Arc<Platform>) -> BoxedFilter<(Response,)> {
    warp::path!(String / "oauth2" / "v2.0" / "token")
        .and(warp::post())
        .and(warp::body::form())
        .and(with(platform))
        .map(|tenant: String, form, platform: Arc<Platform>| entra::token(&platform, &tenant, &form))
        .boxed()
}

fn calling(platform: &Arc<Platform>) -> BoxedFilter<(Response,)> {
    warp::path!("v1.0" / "communications" / ..)
        .and(warp::path::full())
        .and(warp::method())
        .and(warp::header::headers_cloned())
        .and(warp::body::bytes())
        .and(with(platform))
        .then(|path: FullPath, method: Method, headers: HeaderMap, body: Bytes, platform: Arc<Platform>| async move {
            let path = path.as_str().trim_start_matches("/v1.0").to_owned();
            let incoming = graph::Incoming { method, path, headers, body };
            graph::calling(&platform, &incoming).await
        })
        .boxed()
}

fn recordings(platform: &Arc<Platform>) -> BoxedFilter<(Response,)> {
    warp::path!("recordings" / String)
        .and(warp::get())
        .and(warp::header::headers_cloned())
        .and(with(platform))
        .map(|id: String, headers: HeaderMap, platform: Arc<Platform>| graph::recording(&platform, &id, &headers))
        .boxed()
}

fn signing(platform: &Arc<Platform>) -> BoxedFilter<(Response,)> {
    let metadata = warp::path!(".well-known" / "openid-configuration")
        .and(warp::get())
        .and(with(platform))
        .map(|platform: Arc<Platform>| openid::metadata(&platform));
    let keys = warp::path!("keys").and(warp::get()).and(with(platform)).map(|platform: Arc<Platform>| openid::keys(&platform));
    metadata.or(keys).unify().boxed()
}

fn people(platform: &Arc<Platform>) -> BoxedFilter<(Response,)> {
    let calls = warp::path!("simulator" / "calls");
    let ring = calls
        .and(warp::post())
        .and(warp::body::bytes())
        .and(with(platform))
        .map(|body: Bytes, platform: Arc<Platform>| control::ring(&platform, &body));
    let list = calls.and(warp::get()).and(with(platform)).map(|platform: Arc<Platform>| control::list(&platform));
    ring.or(list).unify().or(person(platform)).unify().boxed()
}

fn person(platform: &Arc<Platform>) -> BoxedFilter<(Response,)> {
    let call = warp::path!("simulator" / "calls" / String);
    let show =
        call.and(warp::get()).and(with(platform)).map(|call: String, platform: Arc<Platform>| control::show(&platform, &call));
    let hang_up = call
        .and(warp::delete())
        .and(with(platform))
        .map(|call: String, platform: Arc<Platform>| control::hang_up(&platform, &call));
    let press = warp::path!("simulator" / "calls" / String / "keys")
        .and(warp::post())
        .and(warp::body::bytes())
        .and(with(platform))
        .map(|call: String, keys: Bytes, platform: Arc<Platform>| control::press(&platform, &call, &keys));
    let answer = warp::path!("simulator" / "calls" / String / "answer")
        .and(warp::post())
        .and(with(platform))
        .map(|call: String, platform: Arc<Platform>| control::answer(&platform, &call));
    let decline = warp::path!("simulator" / "calls" / String / "decline")
        .and(warp::post())
        .and(with(platform))
        .map(|call: String, platform: Arc<Platform>| control::decline(&platform, &call));
    let rung = answer.or(decline).unify();
    show.or(hang_up).unify().or(press).unify().or(rung).unify().boxed()
}

/// The query of a rotation.
#[derive(Deserialize)]
struct Rotation {
    #[serde(default = "kept")]
    keep_old: bool,
}

fn kept() -> bool {
    true
}

fn rotation(platform: &Arc<Platform>) -> BoxedFilter<(Response,)> {
    warp::path!("simulator" / "keys" / "rotate")
        .and(warp::post())
        .and(warp::query())
        .and(with(platform))
        .map(|query: Rotation, platform: Arc<Platform>| control::rotate(&platform, query.keep_old))
        .boxed()
}

fn with(platform: &Arc<Platform>) -> impl Filter<Extract = (Arc<Platform>,), Error = Infallible> + Clone + use<> {
    let platform = Arc::clone(platform);
    warp::any().map(move || Arc::clone(&platform))
}
