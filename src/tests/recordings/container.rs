//! The promises, on a container of blobs as small as can be: what of the REST API the recordings need.
//! <https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api>

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use tokio::net::TcpListener;
use warp::{
    Filter,
    http::{HeaderMap, Method, Response, StatusCode},
    path::FullPath,
};

use super::promises::{Place, promise_tests};

const CONTAINER: &str = "/store/recordings";

/// What a key of this server's is, in base64; who signs with another is not let in.
const KEY: &str = "aHVzaA==";

#[derive(Clone)]
struct Blob {
    content: Bytes,
    ms: String,
}

type Blobs = Arc<Mutex<HashMap<String, Blob>>>;

async fn ours() -> Option<Place> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let blobs = Blobs::default();
    let request = warp::method().and(warp::path::full()).and(warp::query::raw());
    let request = request.and(warp::header::headers_cloned()).and(warp::body::bytes());
    let routes = request.map(move |method: Method, path: FullPath, query: String, headers: HeaderMap, body: Bytes| {
        let path = path.as_str().replace("%2F", "/");
        answer(&blobs, &method, &path, &query, &headers, body)
    });
    tokio::spawn(warp::serve(routes).incoming(listener).run());
    let connection = format!("AccountName=store;AccountKey={KEY};BlobEndpoint={address}/store;QueueEndpoint={address}/store");
    Some(Place { connection, container: format!("{address}{CONTAINER}") })
}

fn answer(blobs: &Blobs, method: &Method, path: &str, query: &str, headers: &HeaderMap, body: Bytes) -> Response<Bytes> {
    let mut blobs = blobs.lock().unwrap();
    let in_container = path.strip_prefix(CONTAINER).filter(|rest| rest.is_empty() || rest.starts_with('/'));
    match (in_container, method) {
        _ if !is_signed(query) => refuse(StatusCode::FORBIDDEN, "AuthenticationFailed"),
        (None, _) => refuse(StatusCode::NOT_FOUND, "ContainerNotFound"),
        (Some(""), _) => reply(StatusCode::OK).body(Bytes::new()).unwrap(),
        (Some(name), &Method::PUT) => {
            assert_eq!(headers["if-none-match"], "*");
            let ms = headers["x-ms-meta-ms"].to_str().unwrap().to_owned();
            match blobs.contains_key(name) {
                true => refuse(StatusCode::CONFLICT, "BlobAlreadyExists"),
                false => {
                    blobs.insert(name.to_owned(), Blob { content: body, ms });
                    reply(StatusCode::CREATED).body(Bytes::new()).unwrap()
                }
            }
        }
        (Some(name), method) => match blobs.get(name) {
            Some(blob) => found(blob, method),
            None => refuse(StatusCode::NOT_FOUND, "BlobNotFound"),
        },
    }
}

/// All of a blob, or only what is said of it. A part that is asked for is all of it here: recordings are shorter.
fn found(blob: &Blob, method: &Method) -> Response<Bytes> {
    let length = blob.content.len();
    let reply =
        reply(StatusCode::OK).header("x-ms-meta-ms", &blob.ms).header("etag", "\"one\"").header("x-ms-blob-type", "BlockBlob");
    match *method {
        Method::HEAD => reply.header("content-length", length).body(Bytes::new()).unwrap(),
        _ => {
            let range = format!("bytes 0-{}/{length}", length - 1);
            reply.status(StatusCode::PARTIAL_CONTENT).header("content-range", range).body(blob.content.clone()).unwrap()
        }
    }
}

/// The signature is another service's test; here it counts that the key was the right one, which its first letters tell.
fn is_signed(query: &str) -> bool {
    let parameters: HashMap<_, _> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let for_blobs = parameters.get("ss") == Some(&"b") && parameters.get("sp") == Some(&"rwc");
    for_blobs && parameters.get("sig").is_some_and(|found| *found == signature(&parameters))
}

/// What the account works out itself from what is said, and its key.
fn signature(parameters: &HashMap<&str, &str>) -> String {
    use aws_lc_rs::hmac;
    let said = |name: &str| parameters[name].replace("%3A", ":").replace("%2C", ",");
    let signed = format!(
        "store\n{}\n{}\n{}\n\n{}\n\n{}\n{}\n\n",
        said("sp"),
        said("ss"),
        said("srt"),
        said("se"),
        said("spr"),
        said("sv")
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"hush");
    let signature = data_encoding::BASE64.encode(hmac::sign(&key, signed.as_bytes()).as_ref());
    signature.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

fn reply(status: StatusCode) -> warp::http::response::Builder {
    Response::builder()
        .status(status)
        .header("x-ms-version", "2022-11-02")
        .header("last-modified", "Sun, 01 Jun 2031 10:00:00 GMT")
}

fn refuse(status: StatusCode, code: &str) -> Response<Bytes> {
    reply(status).header("x-ms-error-code", code).body(Bytes::new()).unwrap()
}

promise_tests!(ours);
