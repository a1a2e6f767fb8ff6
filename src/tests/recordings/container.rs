//! The promises, on a container of blobs as small as can be: what of the REST API the recordings need.
//! <https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api>

use std::{
    collections::HashMap,
    ops::RangeInclusive,
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

/// The most that goes over the wire at once when recordings are joined or heard: they must not be held in memory whole.
const MOST_AT_ONCE: usize = 4 * 1024 * 1024;

struct Blob {
    content: Bytes,
    ms: String,
}

/// An account with one container, `recordings`.
struct Account {
    name: String,
    key: Vec<u8>,
    blobs: Mutex<HashMap<String, Blob>>,
    /// Blocks of which no blob is made yet, by the blob's name and their own.
    blocks: Mutex<HashMap<(String, String), Bytes>>,
}

/// Starts an account of this name and key; yields the address of its blobs.
pub(crate) async fn start(name: &str, key: &[u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/{name}", listener.local_addr().unwrap());
    let account =
        Arc::new(Account { name: name.to_owned(), key: key.to_vec(), blobs: Mutex::default(), blocks: Mutex::default() });
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
            (Some(name), &Method::PUT) => match parameters(query).get("comp") {
                Some(&"block") => self.stage(name, &decoded(parameters(query)["blockid"]), body),
                comp => {
                    assert_eq!(headers["if-none-match"], "*");
                    let ms = headers["x-ms-meta-ms"].to_str().unwrap().to_owned();
                    let content = if comp.is_some() { self.listed(name, &body) } else { body };
                    match blobs.contains_key(name) {
                        true => refuse(StatusCode::CONFLICT, "BlobAlreadyExists"),
                        false => {
                            blobs.insert(name.to_owned(), Blob { content, ms });
                            reply(StatusCode::CREATED).body(Bytes::new()).unwrap()
                        }
                    }
                }
            },
            (Some(name), &Method::DELETE) => match blobs.remove(name) {
                Some(_) => reply(StatusCode::ACCEPTED).body(Bytes::new()).unwrap(),
                None => refuse(StatusCode::NOT_FOUND, "BlobNotFound"),
            },
            (Some(name), method) => match blobs.get(name) {
                Some(blob) => found(blob, method, headers),
                None => refuse(StatusCode::NOT_FOUND, "BlobNotFound"),
            },
        }
    }

    fn stage(&self, blob: &str, block: &str, body: Bytes) -> Response<Bytes> {
        assert!(body.len() <= MOST_AT_ONCE, "{} bytes at once", body.len());
        self.blocks.lock().unwrap().insert((blob.to_owned(), block.to_owned()), body);
        reply(StatusCode::CREATED).body(Bytes::new()).unwrap()
    }

    /// The blocks of a list, one after the other.
    fn listed(&self, blob: &str, list: &[u8]) -> Bytes {
        let (list, blocks) = (std::str::from_utf8(list).unwrap(), self.blocks.lock().unwrap());
        let names = list.split("<Latest>").skip(1).map(|rest| rest.split("</Latest>").next().unwrap());
        names.flat_map(|name| blocks[&(blob.to_owned(), name.to_owned())].clone()).collect::<Vec<u8>>().into()
    }

    fn is_signed(&self, query: &str) -> bool {
        let parameters = parameters(query);
        let for_blobs = parameters.get("ss") == Some(&"b") && parameters.get("sp") == Some(&"rwdc");
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

fn parameters(query: &str) -> HashMap<&str, &str> {
    query.split('&').filter_map(|pair| pair.split_once('=')).collect()
}

fn decoded(parameter: &str) -> String {
    parameter.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=")
}

/// A part of a blob, or only what is said of it.
fn found(blob: &Blob, method: &Method, headers: &HeaderMap) -> Response<Bytes> {
    let length = blob.content.len();
    let reply =
        reply(StatusCode::OK).header("x-ms-meta-ms", &blob.ms).header("etag", "\"one\"").header("x-ms-blob-type", "BlockBlob");
    match *method {
        Method::HEAD => reply.header("content-length", length).body(Bytes::new()).unwrap(),
        _ => {
            let range = range(headers, length);
            assert!(range.end() - range.start() < MOST_AT_ONCE, "{range:?} at once");
            let said = format!("bytes {}-{}/{length}", range.start(), range.end());
            reply.status(StatusCode::PARTIAL_CONTENT).header("content-range", said).body(blob.content.slice(range)).unwrap()
        }
    }
}

/// The range that is asked for.
fn range(headers: &HeaderMap, length: usize) -> RangeInclusive<usize> {
    let range = headers["range"].to_str().unwrap().strip_prefix("bytes=").unwrap();
    let (first, last) = range.split_once('-').unwrap();
    first.parse().unwrap()..=last.parse::<usize>().unwrap().min(length - 1)
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
