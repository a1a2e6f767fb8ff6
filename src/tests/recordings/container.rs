//! The promises, on a container of blobs as small as can be: what of the REST API the recordings need.
//! <https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api>

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use aws_lc_rs::hmac;
use bytes::Bytes;
use data_encoding::BASE64;
use tokio::net::TcpListener;
use warp::{
    Filter,
    http::{HeaderMap, Method, Response, StatusCode},
    path::FullPath,
};

use super::promises::{Place, promise_tests};

#[derive(Clone)]
struct Blob {
    content: Bytes,
    ms: String,
}

/// An account with one container, `recordings`.
struct Account {
    name: String,
    key: Vec<u8>,
    blobs: Mutex<HashMap<String, Blob>>,
}

/// Starts an account of this name and key; yields the address of its blobs.
pub(crate) async fn start(name: &str, key: &[u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/{name}", listener.local_addr().unwrap());
    let account = Arc::new(Account { name: name.to_owned(), key: key.to_vec(), blobs: Mutex::default() });
    let request = warp::method().and(warp::path::full()).and(warp::query::raw());
    let request = request.and(warp::header::headers_cloned()).and(warp::body::bytes());
    let routes = request.map(move |method: Method, path: FullPath, query: String, headers: HeaderMap, body: Bytes| {
        let path = path.as_str().replace("%2F", "/");
        account.answer(&method, &path, &query, &headers, body)
    });
    tokio::spawn(warp::serve(routes).incoming(listener).run());
    address
}

async fn ours() -> Option<Place> {
    let blobs = start("store", b"hush").await;
    let connection = format!("AccountName=store;AccountKey=aHVzaA==;BlobEndpoint={blobs};QueueEndpoint={blobs}");
    Some(Place { connection, container: format!("{blobs}/recordings") })
}

impl Account {
    fn answer(&self, method: &Method, path: &str, query: &str, headers: &HeaderMap, body: Bytes) -> Response<Bytes> {
        let mut blobs = self.blobs.lock().unwrap();
        let container = format!("/{}/recordings", self.name);
        let in_container = path.strip_prefix(&container).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        match (in_container, method) {
            _ if !self.is_signed(query) => refuse(StatusCode::FORBIDDEN, "AuthenticationFailed"),
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

    fn is_signed(&self, query: &str) -> bool {
        let parameters: HashMap<_, _> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let for_blobs = parameters.get("ss") == Some(&"b") && parameters.get("sp") == Some(&"rwc");
        for_blobs && parameters.get("sig").is_some_and(|found| *found == self.signature(&parameters))
    }

    /// What the account works out itself from what is said, and its key.
    fn signature(&self, parameters: &HashMap<&str, &str>) -> String {
        let said = |name: &str| parameters[name].replace("%3A", ":").replace("%2C", ",");
        let [permissions, services, resources, expiry, protocols, version] = ["sp", "ss", "srt", "se", "spr", "sv"].map(said);
        let name = &self.name;
        let signed = format!("{name}\n{permissions}\n{services}\n{resources}\n\n{expiry}\n\n{protocols}\n{version}\n\n");
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.key);
        let signature = BASE64.encode(hmac::sign(&key, signed.as_bytes()).as_ref());
        signature.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
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
